import { batch, computed, signal } from "@preact/signals";
import { ApiError } from "../api/http";
import type { Basket, BasketItem, CatalogItem } from "../api/types";
import { shop } from "./store";

/** Largest quantity of one line that the page lets a person choose; the shop checks its own limit. */
export const MOST_OF_ONE = 99;

export type Change = (items: readonly BasketItem[]) => readonly BasketItem[];

/** How often a change is tried that always meets a basket changed by someone else. */
const MOST_ATTEMPTS = 3;

/** What the shop last said. */
const known = signal<Basket>();

/** What was asked for here and the shop has not confirmed yet, oldest first. */
const pending = signal<readonly Change[]>([]);

/** The basket as a person should see it: with their changes at once. Undefined until it has been loaded. */
export const basket = computed<Basket | undefined>(
  () => known.value && { ...known.value, items: pending.value.reduce((items, change) => change(items), known.value.items) },
);

/** Pieces in the basket: what the badge in the header shows. */
export const basketCount = computed(() => basket.value?.items.reduce((sum, item) => sum + item.quantity, 0) ?? 0);

let last: Promise<unknown> = Promise.resolve();

export function loadBasket(): Promise<Basket> {
  return inTurn(async () => (known.value = await shop.basket()));
}

export function forgetBasket(): void {
  known.value = undefined;
}

/**
 * Changes the basket on the page at once and then at the shop. The whole basket is written, so changes go one after the
 * other, each to what the shop has by then: another tab may have changed it. One that fails is taken back.
 */
export function changeBasket(change: Change): Promise<void> {
  pending.value = [...pending.value, change];
  return inTurn(async () => {
    let found: Basket | undefined;
    try {
      found = await apply(change);
    } finally {
      batch(() => {
        known.value = found ?? known.value;
        pending.value = pending.value.filter((other) => other !== change);
      });
    }
  });
}

/** Changes what the shop has, and only that: whoever was faster, another tab for instance, is not overwritten. */
async function apply(change: Change): Promise<Basket> {
  for (let attempt = 1; ; attempt++) {
    const read = await shop.basket();
    const wanted = change(read.items);
    try {
      return await shop.saveBasket(read, wanted);
    } catch (failure) {
      if (!(failure instanceof ApiError && failure.status === 409)) {
        throw failure;
      }
      // The call may have been sent twice and its first answer lost with a replica: then it is done already.
      const now = await shop.basket();
      if (sameGoods(now.items, wanted)) {
        return now;
      }
      if (attempt === MOST_ATTEMPTS) {
        throw failure;
      }
    }
  }
}

function sameGoods(some: readonly BasketItem[], others: readonly BasketItem[]): boolean {
  const goods = (items: readonly BasketItem[]) =>
    items
      .map(({ productId, quantity }) => `${productId}x${quantity}`)
      .sort()
      .join();
  return goods(some) === goods(others);
}

/** One more of a product: a line of its own, or one more on its line. */
export function adding(product: CatalogItem, lineId: string): Change {
  return (items) =>
    items.some((item) => item.productId === product.id)
      ? items.map((item) =>
          item.productId === product.id ? { ...item, quantity: Math.min(item.quantity + 1, MOST_OF_ONE) } : item,
        )
      : [
          ...items,
          {
            id: lineId,
            productId: product.id,
            productName: product.name,
            unitPrice: product.price,
            oldUnitPrice: 0,
            quantity: 1,
            pictureUrl: product.pictureUri,
          },
        ];
}

export function setting(productId: number, quantity: number): Change {
  const allowed = Math.max(1, Math.min(quantity, MOST_OF_ONE));
  return (items) => items.map((item) => (item.productId === productId ? { ...item, quantity: allowed } : item));
}

export function removing(productId: number): Change {
  return (items) => items.filter((item) => item.productId !== productId);
}

/** In whole cents first: sums of binary fractions drift. */
export function totalOf(items: readonly Pick<BasketItem, "unitPrice" | "quantity">[]): number {
  return items.reduce((sum, item) => sum + Math.round(item.unitPrice * 100) * item.quantity, 0) / 100;
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work, work);
  last = result.catch(() => undefined);
  return result;
}
