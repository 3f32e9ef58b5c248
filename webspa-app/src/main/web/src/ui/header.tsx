import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { SignedIn } from "../api/types";
import { basketCount } from "../state/basket";
import { startHub, stopHub } from "../state/live";
import { shop } from "../state/store";
import { showFailure } from "../state/toasts";
import { signInUrl, visitor } from "../state/visitor";
import { Icon } from "./icon";

export function Header() {
  const { url, path } = useLocation();
  const who = visitor.value;
  return (
    <header class="header">
      <div class="bar">
        <a class="brand" href="/" aria-label="Harbor Goods, to the shop">
          <img src="/logo.svg" width="36" height="36" alt="" />
          <span class={who?.signedIn ? "brand-name-signed-in" : ""}>Harbor Goods</span>
        </a>
        <nav class="nav" aria-label="Main">
          <a href="/" aria-current={path === "/" || path === "/catalog" ? "page" : undefined}>
            Shop
          </a>
          {who?.signedIn && (
            <a href="/orders" aria-current={path.startsWith("/orders") ? "page" : undefined} data-testid="nav-orders">
              Orders
            </a>
          )}
        </nav>
        <div class="tools">
          {who?.signedIn && <BasketLink />}
          {who?.signedIn && <UserMenu who={who} key={url} />}
          {who !== undefined && !who.signedIn && (
            <a class="button button-onsea" href={signInUrl(url)} data-testid="login">
              Sign in
            </a>
          )}
        </div>
      </div>
    </header>
  );
}

function BasketLink() {
  const count = basketCount.value;
  return (
    <a class="basket-link" href="/basket" data-testid="basket-link">
      <Icon name="basket" />
      <span class="basket-word">Basket</span>
      <span class="badge" data-testid="basket-count" data-empty={count === 0}>
        {count}
      </span>
      <span class="visually-hidden">{count === 1 ? "item" : "items"}</span>
    </a>
  );
}

function UserMenu({ who }: { who: SignedIn }) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const escape = event instanceof KeyboardEvent && event.key === "Escape";
      const outside = event.type === "click" && !menu.current?.contains(event.target as Node);
      if (menu.current?.open && (escape || outside)) {
        menu.current.open = false;
        if (escape) {
          menu.current.querySelector("summary")?.focus();
        }
      }
    };
    document.addEventListener("click", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("click", close);
      document.removeEventListener("keydown", close);
    };
  }, []);
  return (
    <details class="menu" ref={menu} data-testid="user-menu">
      <summary aria-label={`Account of ${who.name || who.userName}`}>
        <Icon name="user" />
        <span class="user-name" data-testid="user-name">
          {who.userName}
        </span>
        <Icon name="chevron" />
      </summary>
      <div class="menu-list">
        <p>
          <strong>{who.name}</strong>
          <br />
          {who.email}
        </p>
        <a href="/orders" data-testid="my-orders">
          My orders
        </a>
        <a href="/sessions" data-testid="my-sessions">
          Where I am signed in
        </a>
        <button type="button" onClick={() => void signOut()} data-testid="logout">
          Log out
        </button>
      </div>
    </details>
  );
}

async function signOut(): Promise<void> {
  try {
    await stopHub();
    const { redirect } = await shop.signOut();
    location.assign(redirect);
  } catch (failure) {
    showFailure("You are still signed in", failure);
    startHub();
  }
}
