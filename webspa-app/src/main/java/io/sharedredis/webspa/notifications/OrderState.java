package io.sharedredis.webspa.notifications;

/** What a buyer's browser is told: {@code {"orderId":42,"status":"paid"}}. */
record OrderState(int orderId, String status) {}
