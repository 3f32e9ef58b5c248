import type { Http } from "./http";
import type {
  Basket,
  BasketItem,
  CatalogBrand,
  CatalogPage,
  CatalogType,
  Checkout,
  Configuration,
  OrderDetails,
  OrderStep,
  OrderSummary,
  Sessions,
  Visitor,
} from "./types";

export interface CatalogQuery {
  readonly brand?: number;
  readonly type?: number;
  /** From 0. */
  readonly pageIndex: number;
  readonly pageSize: number;
}

/** The shop's API, one method per call. */
export class Shop {
  constructor(private readonly http: Http) {}

  configuration = (): Promise<Configuration> => this.http.get("/Home/Configuration");
  visitor = (): Promise<Visitor> => this.http.get("/api/v1/me");

  brands = (): Promise<CatalogBrand[]> => this.http.get("/api/v1/catalog/catalogbrands");
  types = (): Promise<CatalogType[]> => this.http.get("/api/v1/catalog/catalogtypes");
  items = (query: CatalogQuery): Promise<CatalogPage> => this.http.get(catalogPath(query));

  basket = (): Promise<Basket> => this.http.get("/api/v1/basket");

  /** Replaces a basket that was read by other lines; 409 when it has changed since. */
  saveBasket({ buyerId, version }: Basket, items: readonly BasketItem[]): Promise<Basket> {
    return this.http.call("/api/v1/basket", { method: "POST", body: { buyerId, version: version ?? "", items } });
  }

  checkout(checkout: Checkout, requestId: string): Promise<unknown> {
    return this.http.call("/api/v1/basket/checkout", { method: "POST", body: checkout, requestId });
  }

  /** Ends the session here; the answer says where the browser must go to end it at the identity provider too. */
  signOut = (): Promise<{ redirect: string }> => this.http.call("/logout", { method: "POST" });

  sessions = (): Promise<Sessions> => this.http.get("/api/v1/sessions");
  endSession = (id: string): Promise<unknown> => this.http.call(`/api/v1/sessions/${id}`, { method: "DELETE" });
  endOtherSessions = (): Promise<{ ended: number }> => this.http.call("/api/v1/sessions/others", { method: "DELETE" });

  orders = (): Promise<OrderSummary[]> => this.http.get("/api/v1/orders");
  order = (id: number): Promise<OrderDetails> => this.http.get(`/api/v1/orders/${id}`);
  history = (id: number): Promise<OrderStep[]> => this.http.get(`/api/v1/orders/${id}/history`);

  cancel(orderNumber: number, requestId: string): Promise<unknown> {
    return this.http.call("/api/v1/orders/cancel", { method: "PUT", body: { orderNumber }, requestId });
  }

  ship(orderNumber: number, requestId: string): Promise<unknown> {
    return this.http.call("/api/v1/orders/ship", { method: "PUT", body: { orderNumber }, requestId });
  }
}

/** The original's paths: a filter is part of the path, "all" stands for no choice of type. */
export function catalogPath({ brand, type, pageIndex, pageSize }: CatalogQuery): string {
  const page = `?pageSize=${pageSize}&pageIndex=${pageIndex}`;
  if (brand === undefined && type === undefined) {
    return `/api/v1/catalog/items${page}`;
  }
  const chosenBrand = brand === undefined ? "" : `/${brand}`;
  return `/api/v1/catalog/items/type/${type ?? "all"}/brand${chosenBrand}${page}`;
}
