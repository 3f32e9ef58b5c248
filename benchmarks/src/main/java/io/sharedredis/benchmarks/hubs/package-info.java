/**
 * What a message costs a hub server, beside the bare WebSocket API it could be built on. Servers
 * run in processes of their own; the load comes from this one.
 */
@NullMarked
package io.sharedredis.benchmarks.hubs;

import org.jspecify.annotations.NullMarked;
