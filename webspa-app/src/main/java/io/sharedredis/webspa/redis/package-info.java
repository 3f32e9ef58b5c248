/**
 * The shop's own Redis (baskets and event stream): one connection that never makes a caller wait.
 */
@NullMarked
package io.sharedredis.webspa.redis;

import org.jspecify.annotations.NullMarked;
