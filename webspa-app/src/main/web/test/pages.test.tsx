// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { LocationProvider } from "preact-iso";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/api/http";
import type { CatalogItem, OrderSummary, Session } from "../src/api/types";
import { OrdersPage } from "../src/pages/orders";
import { SessionsPage } from "../src/pages/sessions";
import { ordersMayHaveChanged } from "../src/state/orders";
import { shop, signInAsked } from "../src/state/store";
import { showToast, toasts } from "../src/state/toasts";
import { visitor } from "../src/state/visitor";
import { Private } from "../src/ui/page";
import { ProductTile } from "../src/ui/product-tile";
import { Toasts } from "../src/ui/toasts";

const order = (status: string): OrderSummary => ({ ordernumber: 42, date: "2026-11-22T10:00:00Z", status, total: 20 });
const MUG = { id: 2, name: "Tide Mug", description: "", price: 8.5, pictureUri: "", availableStock: 3 } as CatalogItem;

beforeEach(() => {
  visitor.value = { signedIn: true, name: "Alice", userName: "alice", email: "" };
  signInAsked.value = false;
  toasts.value = [];
});

afterEach(cleanup);

const open = (page: preact.JSX.Element) => render(<LocationProvider>{page}</LocationProvider>);

test("the list of orders follows the hub", async () => {
  shop.orders = vi.fn(async () => [order("submitted")]);
  open(<OrdersPage />);
  expect(screen.getByTestId("loading")).toBeTruthy();
  expect((await screen.findByTestId("order-row")).dataset["status"]).toBe("submitted");
  expect(screen.getByTestId("order-cancel")).toBeTruthy();

  shop.orders = vi.fn(async () => [order("paid")]);
  ordersMayHaveChanged();
  expect(await screen.findByText("Paid")).toBeTruthy();
  expect(screen.queryByTestId("order-cancel")).toBeNull();
});

test("a list that cannot be had says so and can be asked for again", async () => {
  shop.orders = vi.fn().mockRejectedValue(new ApiError(503, "The shop is busy"));
  open(<OrdersPage />);
  expect((await screen.findByTestId("error")).textContent).toContain("The shop is busy");
  shop.orders = vi.fn(async () => []);
  fireEvent.click(screen.getByTestId("retry"));
  expect((await screen.findByTestId("empty")).textContent).toContain("No orders yet");
});

test("a list once shown stays while the shop is away", async () => {
  shop.orders = vi.fn(async () => [order("submitted")]);
  open(<OrdersPage />);
  await screen.findByTestId("order-row");
  shop.orders = vi.fn().mockRejectedValue(new ApiError(503, "The shop is busy"));
  ordersMayHaveChanged();
  await vi.waitFor(() => expect(shop.orders).toHaveBeenCalled());
  expect(screen.getByTestId("order-row")).toBeTruthy();
});

test("a visitor who is not signed in is asked to be, and nothing is put in a basket", () => {
  visitor.value = { signedIn: false };
  shop.saveBasket = vi.fn();
  open(<ProductTile item={MUG} kind="Mug" />);
  fireEvent.click(screen.getByTestId("add-to-basket"));
  expect(signInAsked.value).toBe(true);
  expect(shop.saveBasket).not.toHaveBeenCalled();
});

test("what is private is not shown to a visitor who is not signed in", () => {
  visitor.value = { signedIn: false };
  open(<Private title="Your orders" children={<p>secret</p>} />);
  expect(screen.queryByText("secret")).toBeNull();
  expect(screen.getByTestId("sign-in").getAttribute("href")).toMatch(/^\/login\?returnTo=%2F/);
});

test("news about an order is said politely and can be dismissed", async () => {
  open(<Toasts />);
  showToast({ title: "Order 42: Paid", text: "Thank you!", tone: "good", order: { id: 42, status: "paid" } });
  const toast = await screen.findByTestId("toast");
  expect(toast.closest("[aria-live=polite]")).toBeTruthy();
  expect(toast.dataset).toMatchObject({ kind: "order", orderId: "42", status: "paid" });
  fireEvent.click(screen.getByRole("button", { name: /dismiss/i }));
  await vi.waitFor(() => expect(screen.queryByTestId("toast")).toBeNull());
});

const session = (id: string, current: boolean): Session => ({
  id,
  current,
  device: `Browser ${id}`,
  address: "203.0.113.7",
  replica: "webspa-1",
  created: "2026-11-22T10:00:00Z",
  lastUsed: "2026-11-22T11:00:00Z",
});

test("the other session can be ended and one's own cannot", async () => {
  shop.sessions = vi.fn(async () => ({ total: 2, sessions: [session("a", true), session("b", false)] }));
  shop.endSession = vi.fn(async () => undefined);
  open(<SessionsPage />);
  expect(await screen.findAllByTestId("session")).toHaveLength(2);
  expect(screen.getAllByTestId("session-end")).toHaveLength(1);

  shop.sessions = vi.fn(async () => ({ total: 1, sessions: [session("a", true)] }));
  fireEvent.click(screen.getByRole("button", { name: "End the session of Browser b" }));
  await vi.waitFor(() => expect(screen.getAllByTestId("session")).toHaveLength(1));
  expect(shop.endSession).toHaveBeenCalledExactlyOnceWith("b");
  expect(toasts.value[0]?.text).toBe("Browser b is signed out.");
  expect(screen.queryByTestId("sessions-end-others")).toBeNull();
});

test("a session that had ended already is no failure, a shop that is away is", async () => {
  shop.sessions = vi.fn(async () => ({ total: 2, sessions: [session("a", true), session("b", false)] }));
  shop.endSession = vi.fn().mockRejectedValue(new ApiError(404, "gone"));
  open(<SessionsPage />);
  fireEvent.click(await screen.findByTestId("session-end"));
  await vi.waitFor(() => expect(toasts.value[0]?.tone).toBe("good"));
  shop.endOtherSessions = vi.fn().mockRejectedValue(new ApiError(503, "The shop is busy"));
  fireEvent.click(screen.getByTestId("sessions-end-others"));
  await vi.waitFor(() => expect(toasts.value[1]?.title).toBe("Nothing was ended"));
});
