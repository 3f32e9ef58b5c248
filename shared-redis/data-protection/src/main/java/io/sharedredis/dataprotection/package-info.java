/** Placeholder text; the owner of the module writes what it is for. */
@NullMarked
package io.sharedredis.dataprotection;

import org.jspecify.annotations.NullMarked;
