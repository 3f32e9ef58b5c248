-- The shop's tables. Every instant is timestamptz and written by the application's own clock in UTC.

create table catalog_brand (
  id    int  generated always as identity primary key,
  brand text not null unique
);

create table catalog_type (
  id   int  generated always as identity primary key,
  type text not null unique
);

create table catalog_item (
  id                  int            primary key,
  name                text           not null,
  description         text           not null,
  price               numeric(12, 2) not null check (price >= 0),
  picture_file_name   text           not null,
  catalog_type_id     int            not null references catalog_type,
  catalog_brand_id    int            not null references catalog_brand,
  available_stock     int            not null check (available_stock >= 0),
  restock_threshold   int            not null,
  max_stock_threshold int            not null,
  on_reorder          boolean        not null
);
create index catalog_item_by_name on catalog_item (name, id);

-- due_at is the instant of the next automatic step; null when only a person can move the order on.
-- Of a payment card only the type and the last four digits are ever stored.
create table orders (
  id             int         generated always as identity primary key,
  buyer_id       text        not null,
  buyer_name     text        not null,
  status         text        not null,
  description    text        not null,
  created_at     timestamptz not null,
  due_at         timestamptz,
  street         text        not null,
  city           text        not null,
  state          text        not null,
  country        text        not null,
  zip_code       text        not null,
  card_type_id   int         not null,
  card_last_four char(4)     not null
);
create index orders_of_buyer on orders (buyer_id, id desc);
create index orders_due on orders (due_at) where due_at is not null;

create table order_item (
  order_id     int            not null references orders,
  product_id   int            not null,
  product_name text           not null,
  unit_price   numeric(12, 2) not null,
  units        int            not null check (units > 0),
  picture_url  text           not null,
  primary key (order_id, product_id)
);

-- One row for each status an order reached, in the order of the events: who consumed it, and when.
create table order_history (
  position bigint      generated always as identity,
  order_id int         not null references orders,
  status   text        not null,
  at       timestamptz not null,
  replica  text        not null,
  primary key (order_id, status)
);

-- What a request id was used for: a repeated request gets the first answer.
create table order_request (
  buyer_id   text        not null,
  request_id uuid        not null,
  command    text        not null,
  order_id   int         not null references orders,
  at         timestamptz not null,
  primary key (buyer_id, request_id)
);

-- Events written in the transaction that caused them. sent_at: last put on the stream; processed_at:
-- a consumer finished it; parked_at: a consumer gave up on it. At most one event of an order is under way.
create table outbox (
  id           bigint      generated always as identity primary key,
  order_id     int         not null,
  payload      text        not null,
  created_at   timestamptz not null,
  sent_at      timestamptz,
  processed_at timestamptz,
  processed_by text,
  attempts     int         not null default 0,
  parked_at    timestamptz
);
create index outbox_open on outbox (order_id, id) where processed_at is null and parked_at is null;
