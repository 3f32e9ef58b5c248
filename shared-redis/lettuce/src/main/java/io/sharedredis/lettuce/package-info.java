/** Root of everything that speaks to Redis; the parts lie in packages by feature. */
@NullMarked
package io.sharedredis.lettuce;

import org.jspecify.annotations.NullMarked;
