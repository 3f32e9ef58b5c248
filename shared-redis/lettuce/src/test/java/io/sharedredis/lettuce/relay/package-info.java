/** The relay between replicas, without Redis. */
@NullMarked
package io.sharedredis.lettuce.relay;

import org.jspecify.annotations.NullMarked;
