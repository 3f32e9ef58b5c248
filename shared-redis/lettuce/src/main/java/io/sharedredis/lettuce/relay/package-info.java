/**
 * Requests of one hub connection that reach another replica than its owner, and their answers:
 * relayed between replicas over Redis, in order, nothing twice, nothing lost while both replicas
 * live. Format: {@code docs/formats/hub-relay.md}.
 */
@NullMarked
package io.sharedredis.lettuce.relay;

import org.jspecify.annotations.NullMarked;
