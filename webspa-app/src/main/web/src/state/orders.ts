import { signal } from "@preact/signals";

/** Goes up whenever orders may have changed: a message of the hub, or time without one. Pages load again on it. */
export const ordersVersion = signal(0);

export function ordersMayHaveChanged(): void {
  ordersVersion.value++;
}

export interface StatusText {
  readonly label: string;
  /** What it means for the buyer, in one sentence. */
  readonly sentence: string;
  readonly tone: "waiting" | "good" | "bad";
}

const TEXTS: Readonly<Record<string, StatusText>> = {
  submitted: { label: "Submitted", sentence: "We have your order. You can still cancel it.", tone: "waiting" },
  awaitingvalidation: {
    label: "Awaiting validation",
    sentence: "We are checking that everything is in stock.",
    tone: "waiting",
  },
  stockconfirmed: { label: "Stock confirmed", sentence: "All in stock. We are taking the payment.", tone: "waiting" },
  paid: { label: "Paid", sentence: "Thank you! The payment went through.", tone: "good" },
  shipped: { label: "Shipped", sentence: "Your order is on its way.", tone: "good" },
  cancelled: { label: "Cancelled", sentence: "This order was cancelled. Nothing will be charged.", tone: "bad" },
};

/** The way of an order that goes well. */
export const HAPPY_PATH = ["submitted", "awaitingvalidation", "stockconfirmed", "paid", "shipped"] as const;

/** Statuses are compared without spaces and case: the shop may write "Awaiting validation" as well. */
export function statusKey(status: string): string {
  return status.toLowerCase().replace(/[^a-z]/g, "");
}

export function describeStatus(status: string): StatusText {
  return TEXTS[statusKey(status)] ?? { label: status, sentence: `Its status is now ${status}.`, tone: "waiting" };
}

/** Until the money is taken an order can be called back; the shop has the last word. */
export function canCancel(status: string): boolean {
  return ["submitted", "awaitingvalidation", "stockconfirmed"].includes(statusKey(status));
}

export function canShip(status: string): boolean {
  return statusKey(status) === "paid";
}

/** Waits after a purchase, in milliseconds: it is taken on in the background and may not be in the first answer. */
const EXPECTED = [700, 2000, 5000];

/** An order was just placed: look for it a few times, in case the hub is away. */
export function expectOrder(): void {
  EXPECTED.forEach((delay) => setTimeout(ordersMayHaveChanged, delay));
}
