import { dismissToast, toasts, toastsHeld } from "../state/toasts";
import { Icon } from "./icon";

const ICONS = { good: "bell", bad: "storm", plain: "check" } as const;

/** News at the edge of the window, said aloud by screen readers when they have a moment. */
export function Toasts() {
  const hold = () => (toastsHeld.value = true);
  const release = () => (toastsHeld.value = false);
  return (
    <div
      class="toasts"
      role="region"
      aria-label="Notifications"
      aria-live="polite"
      aria-relevant="additions"
      onMouseEnter={hold}
      onMouseLeave={release}
      onFocusIn={hold}
      onFocusOut={release}
    >
      {toasts.value.map((toast) => (
        <div
          key={toast.id}
          class={`toast toast-${toast.tone}`}
          data-testid="toast"
          data-kind={toast.order === undefined ? "note" : "order"}
          data-order-id={toast.order?.id}
          data-status={toast.order?.status}
        >
          <Icon name={ICONS[toast.tone]} />
          <div class="toast-text">
            <strong>{toast.title}</strong>
            <span>{toast.text}</span>
            {toast.order !== undefined && <a href={`/orders/${toast.order.id}`}>See order</a>}
          </div>
          <button
            type="button"
            class="icon-button"
            aria-label={`Dismiss: ${toast.title}`}
            onClick={() => {
              dismissToast(toast.id);
              release();
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
