/**
 * Hub connections on event loops: each socket is a Netty channel from the WebSocket upgrade on,
 * read and written without a thread of its own. The framing of RFC 6455 is done here, as a server
 * needs it: what comes in is unmasked and checked once, what goes out is gathered into one write.
 */
@NullMarked
package io.sharedredis.netty;

import org.jspecify.annotations.NullMarked;
