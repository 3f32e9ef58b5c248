/** Claims, in memory and in Redis. */
@NullMarked
package io.sharedredis.lettuce.hub;

import org.jspecify.annotations.NullMarked;
