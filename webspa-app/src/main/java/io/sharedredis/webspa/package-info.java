/**
 * The shop of the demonstration farm: catalogue, basket, orders and their notifications, cut by
 * feature. Any number of replicas serve the same PostgreSQL and Redis.
 */
@NullMarked
package io.sharedredis.webspa;

import org.jspecify.annotations.NullMarked;
