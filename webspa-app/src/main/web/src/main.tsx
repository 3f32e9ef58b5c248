import { render } from "preact";
import { App } from "./app";
import { startLive } from "./state/live";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/shop.css";
import "./styles/orders.css";

const root = document.getElementById("app");
if (root === null) {
  throw new Error("index.html has no element with the id app");
}
startLive();
render(<App />, root);
