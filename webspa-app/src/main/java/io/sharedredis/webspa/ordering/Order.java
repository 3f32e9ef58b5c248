package io.sharedredis.webspa.ordering;

/** What a status change must know of an order, read under its row lock. */
record Order(int id, String buyerId, String buyerName, OrderStatus status) {}
