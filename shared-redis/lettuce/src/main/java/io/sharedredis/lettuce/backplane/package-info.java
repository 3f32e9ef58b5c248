/**
 * Joins the replicas of a hub: what is sent on one reaches clients on all, over Redis pub/sub, in
 * the format of ASP.NET Core's SignalR backplane, so that Java and .NET replicas serve each other's
 * clients.
 *
 * <p>Formats: {@code docs/formats/backplane.md}.
 */
@NullMarked
package io.sharedredis.lettuce.backplane;

import org.jspecify.annotations.NullMarked;
