import { expect, test } from "vitest";
import type { SignedIn } from "../src/api/types";
import { type CheckoutForm, prefilled, toCheckout, validate } from "../src/pages/checkout-form";

const ALICE: SignedIn = {
  signedIn: true,
  name: "Alice Smith",
  userName: "alice",
  email: "alice@example.com",
  address: { street: "1 Pier Road", city: "Redmond", state: "WA", country: "U.S.", zipCode: "98052" },
  card: { holder: "Alice Smith", number: "4012 8888 8888 1881", expiration: "11/26" },
};
const GOOD: CheckoutForm = { ...prefilled(ALICE), cardSecurityNumber: "123" };
const NOW = new Date(2026, 10, 22);

test("the profile fills everything but the security code", () => {
  expect(Object.keys(validate(prefilled(ALICE), NOW))).toEqual(["cardSecurityNumber"]);
});

test("a profile that knows nothing leaves fields to fill", () => {
  const form = prefilled({ ...ALICE, address: null, card: null });
  expect(form.street).toBe("");
  expect(Object.keys(validate(form, NOW))).toHaveLength(8);
});

test("a complete form has no problems", () => {
  expect(validate(GOOD, NOW)).toEqual({});
});

test("blanks do not fill a field", () => {
  expect(validate({ ...GOOD, street: "   " }, NOW)).toEqual({ street: "Please enter the street." });
});

test.each(["1234567890", "12345678901234567890", "4012-8888-abcd"])("%s is no card number", (cardNumber) => {
  expect(Object.keys(validate({ ...GOOD, cardNumber }, NOW))).toEqual(["cardNumber"]);
});

test("a card is good until the end of its month", () => {
  expect(validate(GOOD, new Date(2026, 10, 30, 23, 59))).toEqual({});
  expect(validate(GOOD, new Date(2026, 11, 1))).toEqual({ cardExpiration: "This card has expired." });
});

test.each(["13/27", "1/27", "11/2027", "soon"])("%s is no date of a card", (cardExpiration) => {
  expect(Object.keys(validate({ ...GOOD, cardExpiration }, NOW))).toEqual(["cardExpiration"]);
});

test("what is sent has no blanks and no groups of digits", () => {
  expect(toCheckout({ ...GOOD, city: " Redmond " })).toMatchObject({
    city: "Redmond",
    cardNumber: "4012888888881881",
    cardTypeId: 1,
  });
});
