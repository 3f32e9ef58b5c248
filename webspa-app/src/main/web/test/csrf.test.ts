import { expect, test } from "vitest";
import { csrfToken } from "../src/api/csrf";

test("the token is found among other cookies and decoded", () => {
  expect(csrfToken("a=1; XSRF-TOKEN=abc%3D=; b=2")).toBe("abc==");
});

test("no cookie, no token; a cookie whose name only ends alike does not count", () => {
  expect(csrfToken("")).toBeUndefined();
  expect(csrfToken("MY-XSRF-TOKEN=abc")).toBeUndefined();
});
