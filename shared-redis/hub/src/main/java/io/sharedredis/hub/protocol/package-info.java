/**
 * The messages of the SignalR hub protocol and their encodings. A protocol turns whole messages
 * into bytes and bytes back into messages; it keeps no state of a connection.
 */
@NullMarked
package io.sharedredis.hub.protocol;

import org.jspecify.annotations.NullMarked;
