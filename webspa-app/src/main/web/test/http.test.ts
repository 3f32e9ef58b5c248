import { expect, test, vi } from "vitest";
import { ApiError, Http, retryAfter } from "../src/api/http";

/** A shop that gives these answers one after the other; an Error stands for a lost connection. */
function shopAnswering(...answers: (Response | Error)[]) {
  const sent: { path: string; headers: Headers; body: unknown }[] = [];
  const slept: number[] = [];
  const events = { replica: vi.fn(), waiting: vi.fn(), signedOut: vi.fn() };
  let token = "token-1";
  const http = new Http({
    fetch: async (path, init) => {
      sent.push({ path: String(path), headers: new Headers(init?.headers), body: init?.body });
      const answer = answers.shift();
      if (answer === undefined) {
        throw new Error("nobody expected this call");
      }
      if (answer instanceof Error) {
        throw answer;
      }
      return answer;
    },
    sleep: async (milliseconds) => void slept.push(milliseconds),
    random: () => 0.5,
    csrfToken: () => token,
    events,
  });
  return { http, sent, slept, events, setToken: (next: string) => (token = next) };
}

const ok = (body: unknown = {}) => Response.json(body, { headers: { "X-Replica": "webspa-2" } });
const status = (code: number, headers: Record<string, string> = {}) => new Response(null, { status: code, headers });

test("an answer is read and its replica noted", async () => {
  const { http, events } = shopAnswering(ok({ count: 3 }));
  expect(await http.get("/api/v1/orders")).toEqual({ count: 3 });
  expect(events.replica).toHaveBeenCalledWith("webspa-2");
  expect(events.waiting).not.toHaveBeenCalled();
});

test.each([502, 503, 504])("a read that meets %i is tried again", async (code) => {
  const { http, sent, events } = shopAnswering(status(code), ok(["there"]));
  expect(await http.get("/api/v1/orders")).toEqual(["there"]);
  expect(sent).toHaveLength(2);
  expect(events.waiting.mock.calls).toEqual([[true], [false]]);
});

test("a lost connection is tried again", async () => {
  const { http } = shopAnswering(new TypeError("Failed to fetch"), ok(["there"]));
  expect(await http.get("/api/v1/orders")).toEqual(["there"]);
});

test("Retry-After is obeyed, but nobody waits longer than five seconds", async () => {
  const { http, slept } = shopAnswering(
    status(503, { "Retry-After": "2" }),
    status(503, { "Retry-After": "3600" }),
    ok(),
  );
  await http.get("/api/v1/orders");
  expect(slept[0]).toBeGreaterThanOrEqual(2000);
  expect(slept[0]).toBeLessThan(2500);
  expect(slept[1]).toBe(5000);
});

test("after six attempts the failure is told in words for people", async () => {
  const answers = Array.from({ length: 6 }, () => status(503));
  const { http, sent, events } = shopAnswering(...answers);
  const failure = await http.get("/api/v1/orders").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApiError);
  expect((failure as ApiError).temporary).toBe(true);
  expect((failure as ApiError).message).toContain("busy");
  expect(sent).toHaveLength(6);
  expect(events.waiting.mock.calls).toEqual([[true], [false]]);
});

test("a repeated checkout carries the same request id and the CSRF token", async () => {
  const { http, sent } = shopAnswering(new TypeError("connection reset"), status(502), status(202));
  await http.call("/api/v1/basket/checkout", { method: "POST", body: { city: "Redmond" }, requestId: "one-purchase" });
  expect(sent.map(({ headers }) => headers.get("x-requestid"))).toEqual(Array(3).fill("one-purchase"));
  expect(sent.map(({ headers }) => headers.get("X-XSRF-TOKEN"))).toEqual(Array(3).fill("token-1"));
  expect(sent[2]?.body).toBe('{"city":"Redmond"}');
});

test("a read carries no CSRF token", async () => {
  const { http, sent } = shopAnswering(ok());
  await http.get("/api/v1/me");
  expect(sent[0]?.headers.has("X-XSRF-TOKEN")).toBe(false);
});

test("a refused CSRF token is replaced once, by asking who is signed in", async () => {
  const { http, sent, setToken } = shopAnswering(status(403), ok({ signedIn: true }), ok({ items: [] }));
  const call = http.call("/api/v1/basket", { method: "POST", body: {} });
  setToken("token-2");
  await call;
  expect(sent.map(({ path }) => path)).toEqual(["/api/v1/basket", "/api/v1/me", "/api/v1/basket"]);
  expect(sent[2]?.headers.get("X-XSRF-TOKEN")).toBe("token-2");
});

test("a write that is refused twice fails", async () => {
  const { http, sent } = shopAnswering(status(403), ok(), status(403));
  await expect(http.call("/api/v1/basket", { method: "POST" })).rejects.toMatchObject({ status: 403 });
  expect(sent).toHaveLength(3);
});

test("401 is reported as signed out and not tried again", async () => {
  const { http, sent, events } = shopAnswering(status(401));
  await expect(http.get("/api/v1/orders")).rejects.toMatchObject({ status: 401 });
  expect(events.signedOut).toHaveBeenCalledOnce();
  expect(sent).toHaveLength(1);
});

test("a problem document gives message and field", async () => {
  const problem = { detail: "cardNumber must have 12 to 19 digits", field: "cardNumber" };
  const { http } = shopAnswering(Response.json(problem, { status: 400 }));
  await expect(http.call("/api/v1/basket/checkout", { method: "POST" })).rejects.toMatchObject({
    message: problem.detail,
    field: "cardNumber",
  });
});

test("what the shop says about its own trouble is not shown", async () => {
  const { http } = shopAnswering(Response.json({ detail: "NullPointerException" }, { status: 500 }));
  await expect(http.get("/api/v1/orders")).rejects.toMatchObject({ message: expect.stringContaining("our side (500)") });
});

test("an answer that is no JSON problem has a message all the same", async () => {
  const { http } = shopAnswering(new Response("<html>nope</html>", { status: 404 }));
  await expect(http.get("/api/v1/orders/9")).rejects.toMatchObject({ message: "We could not find that." });
});

test("Retry-After is understood in seconds only", () => {
  expect(retryAfter("3")).toBe(3000);
  expect(retryAfter("Wed, 21 Oct 2026 07:28:00 GMT")).toBe(0);
  expect(retryAfter("-1")).toBe(0);
  expect(retryAfter(null)).toBe(0);
});
