/** Tests of what is used of Tomcat. */
@NullMarked
package io.sharedredis.netty.tomcat;

import org.jspecify.annotations.NullMarked;
