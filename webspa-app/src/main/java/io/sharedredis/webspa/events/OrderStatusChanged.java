package io.sharedredis.webspa.events;

import org.jspecify.annotations.Nullable;

/**
 * An order has reached a status.
 *
 * @param status lower-case name as clients see it, for instance {@code awaitingvalidation}
 * @param buyerId subject of the buyer
 * @param buyerName login name of the buyer, the group that is told
 * @param basketVersion with {@code submitted}: the basket that became this order
 */
public record OrderStatusChanged(
    int orderId, String status, String buyerId, String buyerName, @Nullable String basketVersion) {}
