import { expect, test } from "vitest";
import { catalogPath } from "../src/api/shop";
import { canCancel, canShip, describeStatus } from "../src/state/orders";

test("all six statuses have words of their own", () => {
  const statuses = ["submitted", "awaitingvalidation", "stockconfirmed", "paid", "shipped", "cancelled"];
  const labels = statuses.map((status) => describeStatus(status).label);
  expect(labels).toEqual(["Submitted", "Awaiting validation", "Stock confirmed", "Paid", "Shipped", "Cancelled"]);
});

test("an unknown status is shown as it is", () => {
  expect(describeStatus("lost at sea").label).toBe("lost at sea");
});

test("an order can be cancelled until it is paid, and shipped once it is", () => {
  expect(["submitted", "awaitingvalidation", "stockconfirmed"].every(canCancel)).toBe(true);
  expect(["paid", "shipped", "cancelled"].some(canCancel)).toBe(false);
  expect(canShip("paid")).toBe(true);
  expect(canShip("shipped")).toBe(false);
});

test("filters are part of the catalogue's path", () => {
  const page = { pageIndex: 1, pageSize: 12 };
  expect(catalogPath(page)).toBe("/api/v1/catalog/items?pageSize=12&pageIndex=1");
  expect(catalogPath({ ...page, brand: 2 })).toBe("/api/v1/catalog/items/type/all/brand/2?pageSize=12&pageIndex=1");
  expect(catalogPath({ ...page, type: 3 })).toBe("/api/v1/catalog/items/type/3/brand?pageSize=12&pageIndex=1");
});
