import { signal } from "@preact/signals";
import type { Visitor } from "../api/types";
import { onSignedOut, shop, signInAsked } from "./store";

/** Who looks at the shop; undefined until the shop has said so. */
export const visitor = signal<Visitor>();

/** Asks the shop who is signed in. */
export async function loadVisitor(): Promise<Visitor> {
  const found = await shop.visitor();
  visitor.value = found;
  return found;
}

// An answer of 401 in the middle of a visit: the session ended, here or in another tab.
onSignedOut.add(() => {
  visitor.value = { signedIn: false };
  signInAsked.value = true;
});

/** Where the sign-in begins; it leads back to the page that is open now. */
export function signInUrl(returnTo = location.pathname + location.search): string {
  return `/login?returnTo=${encodeURIComponent(returnTo)}`;
}
