package io.sharedredis.spring.hub;

import io.sharedredis.lettuce.hub.ClaimKeeper;
import io.sharedredis.lettuce.hub.ClaimStore;

/**
 * How this replica claims connections in its farm.
 *
 * @param store what all replicas know
 * @param keeper keeps this replica's part of it alive
 */
public record FarmClaims(ClaimStore store, ClaimKeeper keeper) {}
