/** Placeholder text; the owner of the module writes what it is for. */
@NullMarked
package io.sharedredis.lettuce;

import org.jspecify.annotations.NullMarked;
