/** Messages between brokers, without Redis: format, interest, bounds. */
@NullMarked
package io.sharedredis.lettuce.messaging;

import org.jspecify.annotations.NullMarked;
