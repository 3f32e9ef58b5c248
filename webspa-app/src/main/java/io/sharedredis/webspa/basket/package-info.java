/** One basket a signed-in user, kept in Redis and changed only by compare-and-set. */
@NullMarked
package io.sharedredis.webspa.basket;

import org.jspecify.annotations.NullMarked;
