-- The version of the basket that became the order; null for orders from before. A version never comes
-- back, so a basket that is ordered in two windows at once becomes one order.
alter table orders add column basket_version text;
create unique index orders_of_basket on orders (buyer_id, basket_version);
