/** Work that goes on beside requests, with a start, an end and a way to wake it. */
@NullMarked
package io.sharedredis.webspa.background;

import org.jspecify.annotations.NullMarked;
