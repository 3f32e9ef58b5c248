/** What a connection takes along, byte by byte. */
@NullMarked
package io.sharedredis.lettuce.handover;

import org.jspecify.annotations.NullMarked;
