/**
 * The server side of hub connections: a non-blocking state machine for each connection that turns
 * bytes of a transport into calls of hub methods and messages into bytes. Code of the application
 * runs on an executor; methods that say they never wait run on the transport's thread.
 */
@NullMarked
package io.sharedredis.hub.server;

import org.jspecify.annotations.NullMarked;
