/** What the shop sells: brands, types, items, pictures, and the seed they start from. */
@NullMarked
package io.sharedredis.webspa.catalog;

import org.jspecify.annotations.NullMarked;
