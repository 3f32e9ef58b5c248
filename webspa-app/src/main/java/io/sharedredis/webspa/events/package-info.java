/** Status events from the outbox over a Redis stream to exactly one replica. */
@NullMarked
package io.sharedredis.webspa.events;

import org.jspecify.annotations.NullMarked;
