/**
 * The farm's processes: Redis, PostgreSQL and the replicas of both apps, how they start, how a
 * death is noticed, and how nothing is left behind.
 */
@NullMarked
package io.sharedredis.playground.farm;

import org.jspecify.annotations.NullMarked;
