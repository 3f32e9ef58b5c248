import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/api/http";
import type { Basket, BasketItem, CatalogItem } from "../src/api/types";
import { adding, basket, basketCount, changeBasket, loadBasket, removing, setting, totalOf } from "../src/state/basket";
import { shop } from "../src/state/store";

const MUG = { id: 2, name: "Tide Mug", price: 8.5, pictureUri: "/2.png" } as CatalogItem;

const line = (productId: number, quantity: number, unitPrice = 8.5): BasketItem => ({
  id: `line-${productId}`,
  productId,
  productName: `product ${productId}`,
  unitPrice,
  oldUnitPrice: 0,
  quantity,
  pictureUrl: "",
});

/** The shop's side: keeps one basket and refuses what was made from another version of it. */
let stored: Basket;
let version = 0;

beforeEach(async () => {
  stored = { buyerId: "1", items: [], version: null };
  shop.basket = vi.fn(async () => stored);
  shop.saveBasket = vi.fn(async (read: Basket, items: readonly BasketItem[]) => {
    if ((read.version ?? null) !== stored.version) {
      throw new ApiError(409, "changed");
    }
    return (stored = { buyerId: "1", items, version: `v${++version}` });
  });
  await loadBasket();
});

test("a product becomes a line, and one more of it the same line", () => {
  const once = adding(MUG, "a")([]);
  expect(once).toMatchObject([{ id: "a", productId: 2, quantity: 1, unitPrice: 8.5 }]);
  expect(adding(MUG, "b")(once)).toMatchObject([{ id: "a", productId: 2, quantity: 2 }]);
});

test("a quantity stays between 1 and 99", () => {
  expect(setting(1, 0)([line(1, 5)])[0]?.quantity).toBe(1);
  expect(setting(1, 1000)([line(1, 5)])[0]?.quantity).toBe(99);
});

test("a line can be taken out", () => {
  expect(removing(1)([line(1, 1), line(2, 1)])).toEqual([line(2, 1)]);
});

test("totals are exact to the cent", () => {
  expect(totalOf([line(1, 3, 0.1), line(2, 1, 19.99)])).toBe(20.29);
});

test("a change shows at once and is then the shop's", async () => {
  const change = changeBasket(adding(MUG, "a"));
  expect(basketCount.value).toBe(1);
  expect(stored.items).toHaveLength(0);
  await change;
  expect(stored.items).toMatchObject([{ productId: 2, quantity: 1 }]);
});

test("quick changes do not overtake each other", async () => {
  await Promise.all([1, 2, 3].map(() => changeBasket(adding(MUG, "a"))));
  expect(stored.items).toMatchObject([{ productId: 2, quantity: 3 }]);
  expect(basketCount.value).toBe(3);
});

test("a change that fails is taken back", async () => {
  shop.saveBasket = vi.fn().mockRejectedValue(new ApiError(503, "busy"));
  await expect(changeBasket(adding(MUG, "a"))).rejects.toThrow("busy");
  expect(basketCount.value).toBe(0);
});

test("what another tab put in meanwhile stays", async () => {
  const save = shop.saveBasket;
  shop.saveBasket = vi.fn(async (read: Basket, items: readonly BasketItem[]) => {
    shop.saveBasket = save;
    stored = { buyerId: "1", items: [line(7, 1)], version: "other tab" };
    return save.call(shop, read, items);
  });
  await changeBasket(adding(MUG, "a"));
  expect(basket.value?.items.map(({ productId }) => productId)).toEqual([7, 2]);
});

test("a change whose answer was lost is not made twice", async () => {
  const save = shop.saveBasket;
  // The first sending arrived; the second, with the old version, is the one that is answered.
  shop.saveBasket = vi.fn(async (read: Basket, items: readonly BasketItem[]) => {
    await save.call(shop, read, items);
    return save.call(shop, read, items);
  });
  await changeBasket(adding(MUG, "a"));
  expect(stored.items).toMatchObject([{ productId: 2, quantity: 1 }]);
  expect(shop.saveBasket).toHaveBeenCalledOnce();
});
