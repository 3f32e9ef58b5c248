/** The shop's JSON, as far as the pages use it. */

export interface Configuration {
  readonly hubUrl: string;
}

export interface Address {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly country: string;
  readonly zipCode: string;
}

export interface Card {
  readonly holder: string;
  readonly number: string;
  /** MM/YY. */
  readonly expiration: string;
}

export interface SignedOut {
  readonly signedIn: false;
}

export interface SignedIn {
  readonly signedIn: true;
  readonly name: string;
  readonly userName: string;
  readonly email: string;
  readonly address?: Partial<Address> | null;
  readonly card?: Partial<Card> | null;
}

export type Visitor = SignedIn | SignedOut;

export interface CatalogItem {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly price: number;
  readonly pictureUri: string;
  readonly catalogTypeId: number;
  readonly catalogBrandId: number;
  readonly availableStock: number;
}

export interface CatalogPage {
  readonly pageIndex: number;
  readonly pageSize: number;
  readonly count: number;
  readonly data: readonly CatalogItem[];
}

export interface CatalogBrand {
  readonly id: number;
  readonly brand: string;
}

export interface CatalogType {
  readonly id: number;
  readonly type: string;
}

export interface BasketItem {
  readonly id: string;
  readonly productId: number;
  readonly productName: string;
  readonly unitPrice: number;
  /** The price before it changed; 0 when it did not. */
  readonly oldUnitPrice: number;
  readonly quantity: number;
  readonly pictureUrl: string;
}

export interface Basket {
  readonly buyerId: string;
  readonly items: readonly BasketItem[];
  /** Changes with every change; null when the shop keeps no basket. */
  readonly version?: string | null;
}

export interface Checkout {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly country: string;
  readonly zipCode: string;
  readonly cardNumber: string;
  readonly cardHolderName: string;
  readonly cardExpiration: string;
  readonly cardSecurityNumber: string;
  readonly cardTypeId: number;
}

export interface OrderSummary {
  readonly ordernumber: number;
  readonly date: string;
  readonly status: string;
  readonly total: number;
}

export interface OrderLine {
  readonly productname: string;
  readonly units: number;
  readonly unitprice: number;
  readonly pictureurl: string;
}

export interface OrderDetails extends OrderSummary {
  readonly description?: string | null;
  readonly street: string;
  readonly city: string;
  readonly state?: string;
  readonly zipcode: string;
  readonly country: string;
  readonly cardlastfour?: string;
  readonly orderitems: readonly OrderLine[];
}

/** One step in the life of an order: which status it reached, when, and which replica did it. */
export interface OrderStep {
  readonly status: string;
  readonly at: string;
  readonly replica: string;
}

/** One place where the visitor is signed in. */
export interface Session {
  readonly id: string;
  /** It is the one that asks. */
  readonly current: boolean;
  readonly device: string;
  readonly address: string;
  readonly replica: string;
  readonly created: string;
  /** May be some minutes behind. */
  readonly lastUsed: string;
}

export interface Sessions {
  /** Of all of them; a hundred are told at a time. */
  readonly total: number;
  readonly sessions: readonly Session[];
}

/** Pushed through the hub to the buyer's group. */
export interface UpdatedOrderState {
  readonly orderId: number;
  readonly status: string;
}

/** Sent by the hub to a connection as its first message. */
export interface Connected {
  readonly replica: string;
  readonly connectionId: string;
}
