import { expect, test } from "vitest";
import { readView, viewUrl, withFilter } from "../src/pages/catalog-url";

test("the address says brand, type and page, and is read back the same", () => {
  const view = { brand: 2, type: 1, page: 3 };
  const url = viewUrl(view);
  expect(url).toBe("/?brand=2&type=1&page=3");
  expect(readView(Object.fromEntries(new URLSearchParams(url.slice(2))))).toEqual(view);
});

test("turning the page keeps the filters", () => {
  expect(viewUrl({ ...readView({ brand: "2", type: "1" }), page: 2 })).toBe("/?brand=2&type=1&page=2");
});

test("another filter begins at its first page and keeps the other filter", () => {
  expect(withFilter({ brand: 2, type: 1, page: 3 }, "type", "3")).toEqual({ brand: 2, type: 3, page: 1 });
  expect(withFilter({ brand: 2, type: 1, page: 3 }, "brand", "")).toEqual({ type: 1, page: 1 });
});

test("nonsense in the address shows the first page of everything", () => {
  expect(readView({ brand: "x", type: "-1", page: "0" })).toEqual({ page: 1 });
  expect(viewUrl({ page: 1 })).toBe("/");
});
