import { useRef, useState } from "preact/hooks";
import { ordersMayHaveChanged } from "../state/orders";
import { shop } from "../state/store";
import { showFailure } from "../state/toasts";

const WORDS = {
  cancel: { verb: "Cancel", failed: "was not cancelled" },
  ship: { verb: "Ship", failed: "was not shipped" },
} as const;

/** A button that asks the shop to cancel or ship an order; the shop has the last word, the list shows it. */
export function OrderAction({ action, order }: { action: keyof typeof WORDS; order: number }) {
  const [busy, setBusy] = useState(false);
  const requestId = useRef(crypto.randomUUID());
  const { verb, failed } = WORDS[action];
  const ask = async () => {
    setBusy(true);
    try {
      await shop[action](order, requestId.current);
    } catch (failure) {
      requestId.current = crypto.randomUUID();
      showFailure(`Order ${order} ${failed}`, failure);
    } finally {
      setBusy(false);
      ordersMayHaveChanged();
    }
  };
  return (
    <button
      type="button"
      class={action === "ship" ? "button button-small button-primary" : "button button-small"}
      aria-label={`${verb} order ${order}`}
      aria-disabled={busy}
      onClick={() => !busy && void ask()}
      data-testid={`order-${action}`}
    >
      {verb}
    </button>
  );
}
