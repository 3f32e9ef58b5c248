/** Tests of the HTTP side of hubs without a server. */
@NullMarked
package io.sharedredis.spring.hub;

import org.jspecify.annotations.NullMarked;
