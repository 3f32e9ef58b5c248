/**
 * The gateway in front of the replicas: round-robin without affinity, readiness probes, and the
 * policy of what may be tried again at the next replica.
 */
@NullMarked
package io.sharedredis.playground.gateway;

import org.jspecify.annotations.NullMarked;
