/** Tests of hub connections on event loops, with plain sockets as clients. */
@NullMarked
package io.sharedredis.netty;

import org.jspecify.annotations.NullMarked;
