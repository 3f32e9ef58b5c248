/**
 * Who is connected and how messages find them: the SPI {@link
 * io.sharedredis.hub.lifetime.HubLifetime} behind which one process or a farm of replicas stands,
 * and the tables of this process's connections that every implementation shares.
 */
@NullMarked
package io.sharedredis.hub.lifetime;

import org.jspecify.annotations.NullMarked;
