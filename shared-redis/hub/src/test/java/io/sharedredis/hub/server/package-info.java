/** Tests of hub connections without a network. */
@NullMarked
package io.sharedredis.hub.server;

import org.jspecify.annotations.NullMarked;
