import { LocationProvider, Route, Router } from "preact-iso";
import { useEffect, useState } from "preact/hooks";
import { BasketPage } from "./pages/basket";
import { CatalogPageView } from "./pages/catalog";
import { CheckoutPage } from "./pages/checkout";
import { NotFoundPage } from "./pages/not-found";
import { OrderPage } from "./pages/order";
import { OrdersPage } from "./pages/orders";
import { SessionsPage } from "./pages/sessions";
import { boot } from "./state/live";
import { waitingCalls } from "./state/store";
import { Footer } from "./ui/footer";
import { Header } from "./ui/header";
import { ErrorState, navigated, Private } from "./ui/page";
import { SignInDialog } from "./ui/sign-in";
import { Toasts } from "./ui/toasts";

/** Addresses the server answers itself; every other link stays in this page. */
const PAGES = /^\/(?!login|logout|oauth2|identity|api|hub)/;

export function App() {
  const [failure, setFailure] = useState<unknown>();
  const start = () => {
    setFailure(undefined);
    boot().catch(setFailure);
  };
  useEffect(start, []);
  return (
    <LocationProvider scope={PAGES}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <Trouble />
      <main id="main" tabIndex={-1}>
        {failure !== undefined ? <ErrorState failure={failure} retry={start} /> : <Pages />}
      </main>
      <Footer />
      <Toasts />
      <SignInDialog />
    </LocationProvider>
  );
}

const Basket = () => <Private title="Your basket" children={<BasketPage />} />;
const Checkout = () => <Private title="Checkout" children={<CheckoutPage />} />;
const Orders = () => <Private title="Your orders" children={<OrdersPage />} />;
const Order = () => <Private title="Your order" children={<OrderPage />} />;
const SignedIn = () => <Private title="Where you are signed in" children={<SessionsPage />} />;

function Pages() {
  return (
    <Router onRouteChange={navigated}>
      <Route path="/" component={CatalogPageView} />
      <Route path="/catalog" component={CatalogPageView} />
      <Route path="/basket" component={Basket} />
      <Route path="/checkout" component={Checkout} />
      <Route path="/orders" component={Orders} />
      <Route path="/orders/:id" component={Order} />
      <Route path="/sessions" component={SignedIn} />
      <Route default component={NotFoundPage} />
    </Router>
  );
}

/** Says so while the shop is not answering and calls are being tried again. */
function Trouble() {
  return (
    <div role="status" class="trouble" data-testid="trouble" hidden={waitingCalls.value === 0}>
      {waitingCalls.value > 0 && "The shop is taking a breath. We keep trying for you…"}
    </div>
  );
}
