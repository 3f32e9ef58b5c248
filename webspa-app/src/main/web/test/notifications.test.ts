import { beforeEach, expect, test, vi } from "vitest";
import { hubReplica, hubState, Notifications } from "../src/hub/notifications";

/** What the library's connection looks like to the shop, with strings to pull. */
const line = vi.hoisted(() => ({
  start: vi.fn(async () => {}),
  stop: vi.fn(async () => {}),
  handlers: new Map<string, (argument: unknown) => void>(),
  reconnecting: () => {},
  close: () => {},
}));

vi.mock("@microsoft/signalr", () => ({
  HttpTransportType: { WebSockets: 1 },
  LogLevel: { None: 6 },
  HubConnectionBuilder: class {
    withUrl = () => this;
    withAutomaticReconnect = () => this;
    configureLogging = () => this;
    build = () => ({
      start: line.start,
      stop: line.stop,
      on: (target: string, handler: (argument: unknown) => void) => line.handlers.set(target, handler),
      onreconnecting: (handler: () => void) => (line.reconnecting = handler),
      onclose: (handler: () => void) => (line.close = handler),
    });
  },
}));

const listener = { orderChanged: vi.fn(), connected: vi.fn(), closed: vi.fn(async () => true) };

beforeEach(() => {
  vi.clearAllMocks();
  vi.useFakeTimers();
  line.start.mockResolvedValue();
  listener.closed.mockResolvedValue(true);
  hubState.value = "offline";
});

/** The first message of each connection. */
const greeted = (replica: string) => line.handlers.get("Connected")?.({ replica, connectionId: "c1" });

const started = async () => {
  const notifications = new Notifications("/hub/notificationhub", listener);
  notifications.start();
  await vi.advanceTimersByTimeAsync(0);
  return notifications;
};

test("a connection says which replica holds it and passes on each message once", async () => {
  await started();
  expect(hubState.value).toBe("connecting");
  greeted("webspa-2");
  line.handlers.get("UpdatedOrderState")?.({ orderId: 42, status: "paid" });
  expect(hubState.value).toBe("connected");
  expect(hubReplica.value).toBe("webspa-2");
  expect(listener.orderChanged.mock.calls).toEqual([[{ orderId: 42, status: "paid" }]]);
});

test("a connection that comes back says so, because messages may have been missed", async () => {
  await started();
  greeted("webspa-1");
  line.reconnecting();
  expect(hubState.value).toBe("reconnecting");
  expect(hubReplica.value).toBeUndefined();
  greeted("webspa-2");
  expect(hubState.value).toBe("connected");
  expect(hubReplica.value).toBe("webspa-2");
  expect(listener.connected).toHaveBeenCalledTimes(2);
});

test("a first connection that fails is tried until it stands", async () => {
  line.start.mockRejectedValueOnce(new Error("refused")).mockRejectedValueOnce(new Error("refused"));
  await started();
  expect(hubState.value).toBe("reconnecting");
  await vi.advanceTimersByTimeAsync(2000);
  expect(line.start).toHaveBeenCalledTimes(3);
  greeted("webspa-1");
  expect(hubState.value).toBe("connected");
});

test("a connection the server ended is not tried again once nobody is signed in", async () => {
  await started();
  listener.closed.mockResolvedValue(false);
  line.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(hubState.value).toBe("offline");
  expect(line.start).toHaveBeenCalledOnce();
});

test("a connection that was stopped stays stopped", async () => {
  const notifications = await started();
  await notifications.stop();
  line.close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(hubState.value).toBe("offline");
  expect(line.start).toHaveBeenCalledOnce();
});

test("starting twice makes one connection", async () => {
  const notifications = await started();
  notifications.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(line.start).toHaveBeenCalledOnce();
});
