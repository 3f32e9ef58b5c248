import { useEffect, useState } from "preact/hooks";
import type { BasketItem } from "../api/types";
import { basket, type Change, changeBasket, loadBasket, MOST_OF_ONE, removing, setting, totalOf } from "../state/basket";
import { showFailure } from "../state/toasts";
import { money } from "../ui/format";
import { Icon } from "../ui/icon";
import { EmptyState, ErrorState, PageTitle, Skeleton } from "../ui/page";

export function BasketPage() {
  const [failure, setFailure] = useState<unknown>();
  const load = () => {
    setFailure(undefined);
    loadBasket().catch(setFailure);
  };
  useEffect(load, []);

  const items = basket.value?.items;
  if (items === undefined) {
    return (
      <>
        <PageTitle title="Your basket" />
        {failure === undefined ? <Skeleton rows={3} /> : <ErrorState failure={failure} retry={load} />}
      </>
    );
  }
  if (items.length === 0) {
    return (
      <>
        <PageTitle title="Your basket" />
        <EmptyState icon="basket" title="Nothing in here yet">
          <p>Find a mug, a shirt or a pin that deserves a place.</p>
          <a class="button button-primary" href="/">
            To the shop
          </a>
        </EmptyState>
      </>
    );
  }
  return (
    <>
      <PageTitle title="Your basket" />
      <div class="columns">
        <ul class="lines" data-testid="basket">
          {items.map((item) => (
            <BasketLine key={item.productId} item={item} />
          ))}
        </ul>
        <aside class="card summary" aria-label="Total">
          <div class="summary-line">
            <span>Total</span>
            <strong data-testid="basket-total">{money(totalOf(items))}</strong>
          </div>
          <p class="small">Shipping within the harbor is on us.</p>
          <a class="button button-primary button-wide" href="/checkout" data-testid="to-checkout">
            Checkout
          </a>
          <a class="button button-wide" href="/">
            Continue shopping
          </a>
        </aside>
      </div>
    </>
  );
}

function BasketLine({ item }: { item: BasketItem }) {
  const change = (wanted: Change) => {
    changeBasket(wanted).catch((failure: unknown) => showFailure("Your basket was not changed", failure));
  };
  return (
    <li class="card line" data-testid="basket-line" data-product-id={item.productId}>
      <img class="line-picture" src={item.pictureUrl} alt="" width="96" height="100" />
      <div class="line-text">
        <h2>{item.productName}</h2>
        <p class="small">{money(item.unitPrice)} each</p>
        {item.oldUnitPrice > 0 && (
          <p class="note" data-testid="price-changed">
            The price has changed: it was {money(item.oldUnitPrice)}.
          </p>
        )}
      </div>
      <div class="stepper" role="group" aria-label={`Quantity of ${item.productName}`}>
        <button
          type="button"
          class="icon-button"
          aria-label="One less"
          disabled={item.quantity <= 1}
          onClick={() => change(setting(item.productId, item.quantity - 1))}
          data-testid="quantity-less"
        >
          <Icon name="minus" />
        </button>
        <output data-testid="quantity">{item.quantity}</output>
        <button
          type="button"
          class="icon-button"
          aria-label="One more"
          disabled={item.quantity >= MOST_OF_ONE}
          onClick={() => change(setting(item.productId, item.quantity + 1))}
          data-testid="quantity-more"
        >
          <Icon name="plus" />
        </button>
      </div>
      <p class="line-total" data-testid="line-total">
        {money(totalOf([item]))}
      </p>
      <button
        type="button"
        class="icon-button line-remove"
        aria-label={`Remove ${item.productName}`}
        onClick={() => change(removing(item.productId))}
        data-testid="remove"
      >
        <Icon name="trash" />
      </button>
    </li>
  );
}
