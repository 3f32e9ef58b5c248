/** Tests of the starter, on Jetty. */
@NullMarked
package io.sharedredis.starter.hub;

import org.jspecify.annotations.NullMarked;
