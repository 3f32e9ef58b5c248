import { signal } from "@preact/signals";
import { csrfToken } from "../api/csrf";
import { Http } from "../api/http";
import { Shop } from "../api/shop";

/** Name of the replica that gave the last answer of the API. */
export const pageReplica = signal<string>();

/** Number of calls that wait for another attempt at this moment. */
export const waitingCalls = signal(0);

/** True while the visitor is asked to sign in. */
export const signInAsked = signal(false);

/** Called when the shop answered that it does not know who is asking. */
export const onSignedOut = new Set<() => void>();

export const shop = new Shop(
  new Http({
    fetch: (input, init) => globalThis.fetch(input, init),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    random: Math.random,
    csrfToken: () => csrfToken(),
    events: {
      replica: (name) => (pageReplica.value = name),
      waiting: (began) => (waitingCalls.value += began ? 1 : -1),
      signedOut: () => onSignedOut.forEach((listener) => listener()),
    },
  }),
);
