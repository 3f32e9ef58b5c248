import { signal } from "@preact/signals";

export type Tone = "good" | "bad" | "plain";

export interface Toast {
  readonly id: number;
  readonly title: string;
  readonly text: string;
  readonly tone: Tone;
  /** Set on news about an order. */
  readonly order?: { readonly id: number; readonly status: string };
}

/** Most toasts on screen at once; older ones give way. */
const MOST = 5;

/** Time a toast stays, in milliseconds: long enough to read two lines twice. */
const STAY = 9000;

export const toasts = signal<readonly Toast[]>([]);

/** True while someone reads or operates a toast: then none of them goes. */
export const toastsHeld = signal(false);

let nextId = 1;

export function showToast(toast: Omit<Toast, "id">): void {
  const shown = { ...toast, id: nextId++ };
  toasts.value = [...toasts.value, shown].slice(-MOST);
  expire(shown.id);
}

function expire(id: number): void {
  setTimeout(() => (toastsHeld.value ? expire(id) : dismissToast(id)), STAY);
}

export function dismissToast(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** What a person reads when something they asked for did not work. */
export function showFailure(title: string, failure: unknown): void {
  showToast({ title, text: messageOf(failure), tone: "bad" });
}

export function messageOf(failure: unknown): string {
  return failure instanceof Error ? failure.message : "Something unexpected happened. Please try again.";
}
