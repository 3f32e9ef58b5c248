/** Tests of what every form of a lifetime shares. */
@NullMarked
package io.sharedredis.hub.lifetime;

import org.jspecify.annotations.NullMarked;
