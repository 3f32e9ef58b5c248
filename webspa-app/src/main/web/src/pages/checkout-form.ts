import type { Checkout, SignedIn } from "../api/types";

/** The fields of the checkout as a person types them. */
export interface CheckoutForm {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zipCode: string;
  readonly country: string;
  readonly cardHolderName: string;
  readonly cardNumber: string;
  readonly cardExpiration: string;
  readonly cardSecurityNumber: string;
}

export type Field = keyof CheckoutForm;
export type Problems = Partial<Record<Field, string>>;

/** The one kind of card this shop takes. */
const CARD_TYPE = 1;

const NEEDED: Readonly<Record<Field, string>> = {
  street: "Please enter the street.",
  city: "Please enter the city.",
  state: "Please enter the state.",
  zipCode: "Please enter the ZIP code.",
  country: "Please enter the country.",
  cardHolderName: "Please enter the name on the card.",
  cardNumber: "Please enter the card number.",
  cardExpiration: "Please enter the date on the card.",
  cardSecurityNumber: "Please enter the three digits on the back of the card.",
};

/** What the profile knows; the security code is asked for each time and kept nowhere. */
export function prefilled({ name, address, card }: SignedIn): CheckoutForm {
  return {
    street: address?.street ?? "",
    city: address?.city ?? "",
    state: address?.state ?? "",
    zipCode: address?.zipCode ?? "",
    country: address?.country ?? "",
    cardHolderName: card?.holder ?? name,
    cardNumber: card?.number ?? "",
    cardExpiration: card?.expiration ?? "",
    cardSecurityNumber: "",
  };
}

/** The same rules as the shop's, so that a person hears of a slip before the form is sent. */
export function validate(form: CheckoutForm, now: Date): Problems {
  const problems: Problems = {};
  for (const field of Object.keys(NEEDED) as Field[]) {
    if (form[field].trim() === "") {
      problems[field] = NEEDED[field];
    }
  }
  if (!problems.cardNumber && !/^\d{12,19}$/.test(digits(form.cardNumber))) {
    problems.cardNumber = "A card number has 12 to 19 digits.";
  }
  if (!problems.cardSecurityNumber && !/^\d{3}$/.test(form.cardSecurityNumber.trim())) {
    problems.cardSecurityNumber = "The security code has three digits.";
  }
  if (!problems.cardExpiration) {
    const problem = expirationProblem(form.cardExpiration.trim(), now);
    if (problem !== undefined) {
      problems.cardExpiration = problem;
    }
  }
  return problems;
}

export function toCheckout(form: CheckoutForm): Checkout {
  const trimmed = Object.fromEntries(Object.entries(form).map(([field, text]) => [field, text.trim()]));
  return {
    ...(trimmed as unknown as CheckoutForm),
    cardNumber: digits(form.cardNumber),
    cardTypeId: CARD_TYPE,
  };
}

/** A card is good until the end of the month it names. */
function expirationProblem(text: string, now: Date): string | undefined {
  const match = /^(0[1-9]|1[0-2])\/(\d{2})$/.exec(text);
  if (match === null) {
    return "Please write month and year like 09/29.";
  }
  const endOfMonth = new Date(2000 + Number(match[2]), Number(match[1]), 1);
  return endOfMonth <= now ? "This card has expired." : undefined;
}

/** People type card numbers in groups. */
function digits(text: string): string {
  return text.replace(/[\s-]/g, "");
}
