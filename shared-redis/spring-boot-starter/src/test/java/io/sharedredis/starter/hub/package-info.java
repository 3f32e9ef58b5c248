/** Hubs of a whole application on a real server, with official clients. */
@NullMarked
package io.sharedredis.starter.hub;

import org.jspecify.annotations.NullMarked;
