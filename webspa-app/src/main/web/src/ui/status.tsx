import { describeStatus, HAPPY_PATH, statusKey } from "../state/orders";
import { Icon } from "./icon";

export function StatusChip({ status }: { status: string }) {
  const { label, tone } = describeStatus(status);
  return (
    <span class={`chip chip-${tone}`} data-testid="order-status" data-status={status}>
      {label}
    </span>
  );
}

/** How far an order has come on its way to the door. */
export function Progress({ status }: { status: string }) {
  const reached = HAPPY_PATH.findIndex((step) => step === statusKey(status));
  if (reached < 0) {
    return null;
  }
  return (
    <ol class="progress" aria-label="Progress">
      {HAPPY_PATH.map((step, index) => (
        <li
          key={step}
          class={index <= reached ? "progress-done" : ""}
          aria-current={index === reached ? "step" : undefined}
        >
          <span class="progress-dot">{index <= reached && <Icon name="check" />}</span>
          {describeStatus(step).label}
        </li>
      ))}
    </ol>
  );
}
