/** Tests of the starter, on Jetty. */
@NullMarked
package io.sharedredis.starter;

import org.jspecify.annotations.NullMarked;
