import { useState } from "preact/hooks";
import type { CatalogItem } from "../api/types";
import { adding, changeBasket } from "../state/basket";
import { signInAsked } from "../state/store";
import { showFailure } from "../state/toasts";
import { visitor } from "../state/visitor";
import { money } from "./format";
import { Icon } from "./icon";

/** From this many pieces downwards the tile says how many are left. */
const FEW = 5;

export function ProductTile({ item, kind }: { item: CatalogItem; kind: string }) {
  const [added, setAdded] = useState(0);
  const add = async () => {
    if (!visitor.value?.signedIn) {
      signInAsked.value = true;
      return;
    }
    try {
      setAdded((count) => count + 1);
      await changeBasket(adding(item, crypto.randomUUID()));
    } catch (failure) {
      setAdded(0);
      showFailure(`${item.name} is not in your basket`, failure);
    }
  };
  return (
    <article class="tile" data-testid="product" data-product-id={item.id}>
      <div class="tile-picture">
        <img src={item.pictureUri} alt="" width="320" height="332" />
      </div>
      <div class="tile-text">
        <h3>{item.name}</h3>
        <p class="kind">{kind}</p>
        <p class="description">{item.description}</p>
      </div>
      <div class="tile-foot">
        <p class="price">{money(item.price)}</p>
        <Stock count={item.availableStock} />
        <button
          type="button"
          class="button button-primary"
          onClick={() => void add()}
          data-testid="add-to-basket"
        >
          {added > 0 ? <Icon name="check" /> : <Icon name="plus" />}
          <span aria-live="polite">{added > 0 ? `Added${added > 1 ? ` × ${added}` : ""}` : "Add to basket"}</span>
          <span class="visually-hidden">: {item.name}</span>
        </button>
      </div>
    </article>
  );
}

/** An item without stock can be ordered all the same: the order is checked against the shelf, as in a real shop. */
function Stock({ count }: { count: number }) {
  if (count > FEW) {
    return null;
  }
  return <p class="stock">{count === 0 ? "None in stock" : `Only ${count} left`}</p>;
}
