import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { resolve } from "node:path";
import type { Plugin } from "vite";
import { WebSocketServer } from "ws";
import type { Basket, CatalogItem, Checkout, OrderDetails, OrderStep, Session } from "../src/api/types";

/**
 * Plays the shop for `npm run dev`: two replicas that take turns, one buyer, orders that go their way. Never packaged.
 * /__mock?down=5 answers 503 for five seconds, /__mock?empty=1 clears the orders, /__mock?cut=1 cuts the hub.
 */
export function mockShop(): Plugin {
  return {
    name: "mock-shop",
    apply: "serve",
    configureServer(server) {
      const shop = new MockShop(readCatalog());
      server.middlewares.use((request, response, next) => void shop.answer(request, response, next));
      const hub = new WebSocketServer({ noServer: true });
      server.httpServer?.on("upgrade", (request, socket, head) => {
        if (request.url?.startsWith("/hub/") && shop.up()) {
          hub.handleUpgrade(request, socket, head, (client) => {
            client.once("message", () => {
              client.send("{}" + END);
              shop.clients.add(client);
              shop.greet(client);
            });
            client.on("close", () => shop.clients.delete(client));
          });
        } else if (request.url?.startsWith("/hub/")) {
          socket.destroy();
        }
      });
    },
  };
}

/** Ends each message of the hub's JSON protocol. */
const END = "\u001e";
const STEP = 4000;
const PICTURES = resolve(import.meta.dirname, "../../resources/catalog/pics");

type Socket = import("ws").WebSocket;

class MockShop {
  readonly clients = new Set<Socket>();
  private turn = 0;
  private downUntil = 0;
  private signedIn = false;
  private basket: Basket = { buyerId: "1", items: [] };
  private sessions: readonly Session[] = SESSIONS;
  private readonly orders: (OrderDetails & { history: OrderStep[] })[] = [];

  constructor(private readonly catalog: readonly CatalogItem[]) {}

  up = (): boolean => Date.now() > this.downUntil;

  greet(client: Socket): void {
    client.send(message("Connected", { replica: this.replica(), connectionId: crypto.randomUUID() }));
  }

  async answer(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
    const url = new URL(request.url ?? "/", "http://mock");
    const json = (status: number, body?: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, {
        "Content-Type": "application/json",
        "X-Replica": this.replica(),
        "Set-Cookie": "XSRF-TOKEN=mock; Path=/",
        ...headers,
      });
      response.end(body === undefined ? "" : JSON.stringify(body));
    };
    const redirect = (to: string) => {
      response.writeHead(302, { Location: to });
      response.end();
    };
    const path = url.pathname;
    if (path === "/__mock") {
      this.control(url.searchParams);
      return json(200, {});
    }
    if (path === "/login") {
      this.signedIn = true;
      return redirect(url.searchParams.get("returnTo") ?? "/");
    }
    if (path === "/logout") {
      this.signedIn = false;
      return json(200, { redirect: "/" });
    }
    if (!path.startsWith("/api/") && path !== "/Home/Configuration") {
      return next();
    }
    if (!this.up()) {
      return json(503, { title: "Redis is not reachable" }, { "Retry-After": "1" });
    }
    if (path === "/Home/Configuration") {
      return json(200, { hubUrl: "/hub/notificationhub" });
    }
    if (path === "/api/v1/me") {
      return json(200, this.signedIn ? ALICE : { signedIn: false });
    }
    const picture = /^\/api\/v1\/catalog\/items\/(\d+)\/pic$/.exec(path);
    if (picture) {
      response.writeHead(200, { "Content-Type": "image/png" });
      return void response.end(readFileSync(`${PICTURES}/${picture[1]}.png`));
    }
    if (path.startsWith("/api/v1/catalog/")) {
      return json(200, this.shelf(path, url.searchParams));
    }
    if (!this.signedIn) {
      return json(401, { title: "Unauthorized" });
    }
    const body = request.method === "GET" ? undefined : await readJson(request);
    const found = this.private(request.method ?? "GET", path, body);
    return found === undefined ? json(404, { title: "Not found" }) : json(200, found);
  }

  private control(query: URLSearchParams): void {
    this.downUntil = Date.now() + Number(query.get("down") ?? 0) * 1000;
    if (query.has("empty")) {
      this.orders.length = 0;
    }
    if (query.has("down") || query.has("cut")) {
      this.clients.forEach((client) => client.terminate());
    }
  }

  private shelf(path: string, query: URLSearchParams): unknown {
    if (path.endsWith("/catalogbrands")) {
      return BRANDS.map((brand, index) => ({ id: index + 1, brand }));
    }
    if (path.endsWith("/catalogtypes")) {
      return TYPES.map((type, index) => ({ id: index + 1, type }));
    }
    const match = /\/type\/(\w+)\/brand(?:\/(\d+))?/.exec(path);
    const found = this.catalog.filter(
      (item) =>
        (!match || match[1] === "all" || item.catalogTypeId === Number(match[1])) &&
        (!match?.[2] || item.catalogBrandId === Number(match[2])),
    );
    const pageSize = Number(query.get("pageSize") ?? 10);
    const pageIndex = Number(query.get("pageIndex") ?? 0);
    const data = found.slice(pageIndex * pageSize, (pageIndex + 1) * pageSize);
    return { pageIndex, pageSize, count: found.length, data };
  }

  private private(method: string, path: string, body: unknown): unknown {
    const [, order, history] = /^\/api\/v1\/orders\/(\d+)(\/history)?$/.exec(path) ?? [];
    if (order !== undefined) {
      const found = this.orders.find(({ ordernumber }) => ordernumber === Number(order));
      return history ? found?.history : found;
    }
    const [, session] = /^\/api\/v1\/sessions\/(\w+)$/.exec(path) ?? [];
    if (session !== undefined && method === "DELETE") {
      const before = this.sessions.length;
      this.sessions = this.sessions.filter(({ id, current }) => current || (session !== "others" && id !== session));
      return { ended: before - this.sessions.length };
    }
    switch (`${method} ${path}`) {
      case "GET /api/v1/sessions":
        return { total: this.sessions.length, sessions: this.sessions };
      case "GET /api/v1/basket":
        return this.basket;
      case "POST /api/v1/basket":
        return (this.basket = { buyerId: "1", items: (body as Basket).items });
      case "POST /api/v1/basket/checkout":
        return this.buy(body as Checkout);
      case "GET /api/v1/orders":
        return this.orders;
      case "PUT /api/v1/orders/cancel":
        return this.reach((body as { orderNumber: number }).orderNumber, "cancelled");
      case "PUT /api/v1/orders/ship":
        return this.reach((body as { orderNumber: number }).orderNumber, "shipped");
      default:
        return undefined;
    }
  }

  private buy({ street, city, zipCode, country }: Checkout): unknown {
    const ordernumber = this.orders.length + 41;
    const lines = this.basket.items;
    this.orders.push({
      ordernumber,
      date: new Date().toISOString(),
      status: "submitted",
      total: lines.reduce((sum, line) => sum + line.unitPrice * line.quantity, 0),
      street,
      city,
      country,
      zipcode: zipCode,
      orderitems: lines.map((line) => ({
        productname: line.productName,
        units: line.quantity,
        unitprice: line.unitPrice,
        pictureurl: line.pictureUrl,
      })),
      history: [],
    });
    this.basket = { buyerId: "1", items: [] };
    ["submitted", "awaitingvalidation", "stockconfirmed", "paid"].forEach((status, index) =>
      setTimeout(() => this.reach(ordernumber, status), index * STEP + 500),
    );
    return {};
  }

  private reach(number: number, status: string): unknown {
    const order = this.orders.find(({ ordernumber }) => ordernumber === number);
    if (order === undefined || order.status === "cancelled") {
      return {};
    }
    Object.assign(order, { status });
    order.history.push({ status, at: new Date().toISOString(), replica: this.replica() });
    this.clients.forEach((client) => client.send(message("UpdatedOrderState", { orderId: number, status })));
    return {};
  }

  private replica(): string {
    return `webspa-${(this.turn++ % 2) + 1}`;
  }
}

const ALICE = {
  signedIn: true,
  name: "Alice",
  userName: "alice",
  email: "AliceSmith@email.com",
  address: { street: "15703 NE 61st Ct", city: "Redmond", state: "WA", country: "U.S.", zipCode: "98052" },
  card: { holder: "Alice Smith", number: "4012888888881881", expiration: "12/29" },
};

const SESSIONS: readonly Session[] = ["Chrome on Linux", "Safari on iPhone", "Firefox on Windows"].map((device, index) => ({
  id: `session${index}`,
  current: index === 0,
  device,
  address: `203.0.113.${index + 7}`,
  replica: `webspa-${(index % 2) + 1}`,
  created: "2026-11-21T18:30:00Z",
  lastUsed: "2026-11-22T09:15:00Z",
}));

function message(target: string, argument: unknown): string {
  return JSON.stringify({ type: 1, target, arguments: [argument] }) + END;
}

const BRANDS = ["Harbor Goods", "Lighthouse Studio"];
const TYPES = ["Mug", "T-Shirt", "Pin"];

/** The shop's own seed, so that the mock shows what the shop will. */
function readCatalog(): CatalogItem[] {
  const csv = readFileSync(resolve(import.meta.dirname, "../../resources/catalog/CatalogItems.csv"), "utf8");
  return csv
    .trim()
    .split("\n")
    .slice(1)
    .map((row, index) => {
      const [type = "", brand = "", description = "", name = "", price = "", , stock = ""] = row
        .match(/("[^"]*"|[^,]+)/g)!
        .map((cell) => cell.replaceAll('"', ""));
      return {
        id: index + 1,
        name,
        description,
        price: Number(price),
        pictureUri: `/api/v1/catalog/items/${index + 1}/pic`,
        catalogTypeId: TYPES.indexOf(type) + 1,
        catalogBrandId: BRANDS.indexOf(brand) + 1,
        availableStock: Number(stock),
      };
    });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) {
    parts.push(part as Buffer);
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}
