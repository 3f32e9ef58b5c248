import { useEffect, useRef } from "preact/hooks";
import { signInAsked } from "../state/store";
import { signInUrl } from "../state/visitor";

export function SignInLink({ returnTo, testid = "sign-in" }: { returnTo?: string; testid?: string }) {
  return (
    <a class="button button-primary" href={signInUrl(returnTo)} data-testid={testid}>
      Sign in
    </a>
  );
}

/** Opens when something needs an account, or when the session ended in the middle of a visit. */
export function SignInDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const asked = signInAsked.value;
  useEffect(() => {
    if (asked) {
      dialog.current?.showModal();
    } else {
      dialog.current?.close();
    }
  }, [asked]);
  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="sign-in-title"
      onClose={() => (signInAsked.value = false)}
      data-testid="sign-in-dialog"
    >
      <h2 id="sign-in-title">Sign in to go on</h2>
      <p>With an account you have a basket that follows you, and you see your orders move in real time.</p>
      <div class="dialog-buttons">
        <button type="button" class="button" onClick={() => (signInAsked.value = false)}>
          Not now
        </button>
        {asked && <SignInLink testid="sign-in-confirm" />}
      </div>
    </dialog>
  );
}
