/**
 * What an application programs against: hubs, their clients, groups and callers' context.
 * Connections speak the SignalR hub protocol; nothing in this package knows Spring or Redis.
 */
@NullMarked
package io.sharedredis.hub;

import org.jspecify.annotations.NullMarked;
