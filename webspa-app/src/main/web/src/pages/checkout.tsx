import type { SubmitEventHandler } from "preact";
import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api/http";
import type { BasketItem, SignedIn } from "../api/types";
import { basket, loadBasket, totalOf } from "../state/basket";
import { expectOrder } from "../state/orders";
import { shop } from "../state/store";
import { messageOf, showToast } from "../state/toasts";
import { visitor } from "../state/visitor";
import { TextField } from "../ui/field";
import { money } from "../ui/format";
import { Icon } from "../ui/icon";
import { EmptyState, ErrorState, PageTitle, Skeleton } from "../ui/page";
import { type CheckoutForm, type Field, prefilled, type Problems, toCheckout, validate } from "./checkout-form";

export function CheckoutPage() {
  const [failure, setFailure] = useState<unknown>();
  const load = () => {
    setFailure(undefined);
    loadBasket().catch(setFailure);
  };
  useEffect(load, []);

  const who = visitor.value;
  const items = basket.value?.items;
  if (items === undefined || !who?.signedIn) {
    return failure === undefined ? <Skeleton rows={5} /> : <ErrorState failure={failure} retry={load} />;
  }
  return (
    <>
      <PageTitle title="Checkout" />
      {items.length === 0 ? (
        <EmptyState icon="basket" title="There is nothing to pay for">
          <a class="button button-primary" href="/">
            To the shop
          </a>
        </EmptyState>
      ) : (
        <Form who={who} items={items} />
      )}
    </>
  );
}

function Form({ who, items }: { who: SignedIn; items: readonly BasketItem[] }) {
  const { route } = useLocation();
  const [form, setForm] = useState<CheckoutForm>(() => prefilled(who));
  const [problems, setProblems] = useState<Problems>({});
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<string>();
  const element = useRef<HTMLFormElement>(null);
  // One id for one purchase: whatever happens to the request, sending it again buys nothing twice.
  const requestId = useRef(crypto.randomUUID());

  const field = (name: Field) => ({
    name,
    value: form[name],
    problem: problems[name],
    onChange: (value: string) => {
      setForm((old) => ({ ...old, [name]: value }));
      setProblems(({ [name]: _, ...others }) => others);
    },
  });

  const refuse = (found: Problems) => {
    setProblems(found);
    const first = Object.keys(found)[0];
    if (first !== undefined) {
      element.current?.querySelector<HTMLInputElement>(`[name="${first}"]`)?.focus();
    }
  };

  const submit: SubmitEventHandler<HTMLFormElement> = (event) => {
    event.preventDefault();
    const found = validate(form, new Date());
    if (Object.keys(found).length > 0) {
      refuse(found);
    } else if (!sending) {
      void send();
    }
  };

  const send = async () => {
    setSending(true);
    setFailure(undefined);
    try {
      await shop.checkout(toCheckout(form), requestId.current);
      showToast({ title: "Thank you for your order", text: "We will tell you here how it goes on.", tone: "plain" });
      expectOrder();
      void loadBasket().catch(() => undefined);
      route("/orders");
    } catch (error) {
      setSending(false);
      setFailure(messageOf(error));
      if (error instanceof ApiError) {
        if (error.field !== undefined && error.field in form) {
          refuse({ [error.field]: error.message });
        }
        // Refused, not lost: what is sent next is another purchase.
        if (!error.temporary && error.status !== 401) {
          requestId.current = crypto.randomUUID();
        }
      }
    }
  };

  return (
    <form class="columns" noValidate ref={element} onSubmit={submit} data-testid="checkout-form">
      <div class="card form">
        <fieldset>
          <legend>Where shall it go?</legend>
          <TextField label="Street" autocomplete="street-address" {...field("street")} wide />
          <TextField label="City" autocomplete="address-level2" {...field("city")} />
          <TextField label="State" autocomplete="address-level1" {...field("state")} />
          <TextField label="ZIP code" autocomplete="postal-code" {...field("zipCode")} />
          <TextField label="Country" autocomplete="country-name" {...field("country")} />
        </fieldset>
        <fieldset>
          <legend>How do you pay?</legend>
          <TextField label="Name on the card" autocomplete="cc-name" {...field("cardHolderName")} wide />
          <TextField label="Card number" autocomplete="cc-number" inputMode="numeric" {...field("cardNumber")} wide />
          <TextField label="Good until" hint="MM/YY" autocomplete="cc-exp" {...field("cardExpiration")} />
          <TextField
            label="Security code"
            hint="3 digits"
            autocomplete="cc-csc"
            inputMode="numeric"
            {...field("cardSecurityNumber")}
          />
        </fieldset>
      </div>
      <aside class="card summary" aria-label="Your order">
        <h2>Your order</h2>
        <ul class="summary-items">
          {items.map((item) => (
            <li key={item.productId}>
              <span>
                {item.quantity} × {item.productName}
              </span>
              <span>{money(totalOf([item]))}</span>
            </li>
          ))}
        </ul>
        <div class="summary-line">
          <span>Total</span>
          <strong data-testid="checkout-total">{money(totalOf(items))}</strong>
        </div>
        {failure !== undefined && (
          <p class="problem" role="alert" data-testid="checkout-error">
            {failure}
          </p>
        )}
        <button
          type="submit"
          class="button button-primary button-wide"
          aria-disabled={sending}
          data-testid="checkout-submit"
        >
          <Icon name="lock" />
          {sending ? "Placing your order…" : "Place order"}
        </button>
        <a class="button button-wide" href="/basket">
          Back to the basket
        </a>
        <p class="small">A test card is enough: this shop charges nobody.</p>
      </aside>
    </form>
  );
}
