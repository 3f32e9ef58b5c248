/**
 * Which replica has which hub connection: the claims that make affinity at the load balancer
 * needless. Format: {@code docs/formats/hub-claims.md}.
 */
@NullMarked
package io.sharedredis.lettuce.hub;

import org.jspecify.annotations.NullMarked;
