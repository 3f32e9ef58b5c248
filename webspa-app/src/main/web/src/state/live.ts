import { effect, signal } from "@preact/signals";
import { hubState, Notifications } from "../hub/notifications";
import { forgetBasket, loadBasket } from "./basket";
import { describeStatus, ordersMayHaveChanged, statusKey } from "./orders";
import { shop, waitingCalls } from "./store";
import { showToast } from "./toasts";
import { loadVisitor, visitor } from "./visitor";

/** While the hub is away, orders are asked for this often, in milliseconds. */
const POLL = 5000;

/** Stands once the shop has said where its hub is. */
const notifications = signal<Notifications>();

/** Learns the shop's settings and who is signed in, then keeps the page up to date while someone is. */
export async function boot(): Promise<void> {
  const [configuration] = await Promise.all([shop.configuration(), loadVisitor()]);
  notifications.value ??= new Notifications(configuration.hubUrl, {
    orderChanged: ({ orderId, status }) => {
      const { label, sentence, tone } = describeStatus(status);
      showToast({
        title: `Order ${orderId}: ${label}`,
        text: sentence,
        tone: tone === "bad" ? "bad" : "good",
        order: { id: orderId, status },
      });
      ordersMayHaveChanged();
      if (statusKey(status) === "submitted") {
        refreshBasket();
      }
    },
    connected: () => {
      ordersMayHaveChanged();
      refreshBasket();
    },
    closed: async () => (await loadVisitor()).signedIn,
  });
}

/** The shop empties the basket that became an order, perhaps at the order of another tab. */
function refreshBasket(): void {
  void loadBasket().catch(() => undefined);
}

export function startHub(): void {
  notifications.value?.start();
}

/** Leaves the hub, before the session it belongs to ends. */
export async function stopHub(): Promise<void> {
  await notifications.value?.stop();
}

/** Follows the sign-in state for as long as the page lives. */
export function startLive(): void {
  effect(() => {
    if (visitor.value?.signedIn) {
      startHub();
      refreshBasket();
    } else if (visitor.value !== undefined) {
      void stopHub();
      forgetBasket();
    }
  });
  setInterval(() => {
    const cut = visitor.value?.signedIn && hubState.value !== "connected";
    if (cut && document.visibilityState === "visible" && waitingCalls.value === 0) {
      // Perhaps the session has ended elsewhere: then there is nothing to reconnect to.
      void loadVisitor().catch(() => undefined);
      ordersMayHaveChanged();
    }
  }, POLL);
  // A laptop that slept may not know yet that its connection is gone; another tab may have signed in or out.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && visitor.value !== undefined) {
      void loadVisitor().catch(() => undefined);
      ordersMayHaveChanged();
    }
  });
}
