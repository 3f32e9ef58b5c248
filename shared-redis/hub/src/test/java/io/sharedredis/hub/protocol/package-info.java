/** Tests of the encodings against recorded vectors. */
@NullMarked
package io.sharedredis.hub.protocol;

import org.jspecify.annotations.NullMarked;
