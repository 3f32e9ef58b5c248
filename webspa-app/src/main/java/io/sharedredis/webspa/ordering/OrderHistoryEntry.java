package io.sharedredis.webspa.ordering;

import java.time.Instant;

/**
 * When buyers were told of a status, and by whom.
 *
 * @param replica the one that consumed the event; the buyer may well be connected to another
 */
record OrderHistoryEntry(String status, Instant at, String replica) {}
