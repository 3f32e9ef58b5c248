/**
 * Takes sockets over from Tomcat when a request has become a WebSocket. What is used of Tomcat is
 * public, but meant for Tomcat itself: whether it is there as expected is checked at the start.
 */
@NullMarked
package io.sharedredis.netty.tomcat;

import org.jspecify.annotations.NullMarked;
