/**
 * Connections to Redis that never make a caller wait: a short deadline on every command, no hidden
 * backlog while Redis is away, reconnection in the background, and a circuit breaker per use.
 */
@NullMarked
package io.sharedredis.lettuce.connection;

import org.jspecify.annotations.NullMarked;
