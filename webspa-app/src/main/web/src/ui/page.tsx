import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../api/http";
import { visitor } from "../state/visitor";
import { messageOf } from "../state/toasts";
import { Icon } from "./icon";
import { SignInLink } from "./sign-in";

/** Heading of a page: sets the window's title and takes the focus, so that a screen reader says where one is. */
export function PageTitle({ children, title, aside }: { title: string; children?: string; aside?: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Harbor Goods`;
  }, [title]);
  useEffect(() => {
    if (navigations > 0) {
      heading.current?.focus({ preventScroll: true });
    }
  }, []);
  return (
    <div class="page-title">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {aside}
      {children !== undefined && <p>{children}</p>}
    </div>
  );
}

let navigations = 0;
let lastPath = location.pathname;

/** The address changed without the browser loading a page; another page begins at its top. */
export function navigated(): void {
  if (location.pathname !== lastPath) {
    lastPath = location.pathname;
    navigations++;
    window.scrollTo(0, 0);
  }
}

export function EmptyState({ icon, title, children }: { icon: string; title: string; children?: ComponentChildren }) {
  return (
    <section class="state" data-testid="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Waits before a page that could not be loaded tries by itself, in milliseconds. */
const OWN_RETRY = 5000;

export function ErrorState({ failure, retry }: { failure: unknown; retry: () => void }) {
  const temporary = failure instanceof ApiError && failure.temporary;
  useEffect(() => {
    if (temporary) {
      const timer = setTimeout(retry, OWN_RETRY);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [temporary, failure]);
  return (
    <section class="state state-error" role="alert" data-testid="error">
      <Icon name="storm" />
      <h2>That did not work</h2>
      <p>{messageOf(failure)}</p>
      {temporary && <p>We try again by ourselves in a few seconds.</p>}
      <button type="button" class="button" onClick={retry} data-testid="retry">
        Try again
      </button>
    </section>
  );
}

/** Shows its content to a visitor who is signed in, and asks everyone else to be. */
export function Private({ title, children }: { title: string; children: ComponentChildren }) {
  if (visitor.value === undefined) {
    return <Skeleton rows={4} />;
  }
  if (visitor.value.signedIn) {
    return children;
  }
  return (
    <>
      <PageTitle title={title} />
      <section class="state" data-testid="sign-in-needed">
        <Icon name="key" />
        <h2>Please sign in</h2>
        <p>Your basket and your orders are waiting behind the door.</p>
        <SignInLink />
      </section>
    </>
  );
}

/** Grey lines in the place of what is being loaded. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div class="skeleton-list" role="status" data-testid="loading">
      <span class="visually-hidden">Loading…</span>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} class="skeleton skeleton-row" />
      ))}
    </div>
  );
}
