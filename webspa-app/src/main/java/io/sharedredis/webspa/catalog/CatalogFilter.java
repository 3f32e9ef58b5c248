package io.sharedredis.webspa.catalog;

import org.jspecify.annotations.Nullable;

/** Which items a page is taken from; null means all. */
record CatalogFilter(@Nullable Integer typeId, @Nullable Integer brandId, @Nullable String name) {

  static final CatalogFilter ALL = new CatalogFilter(null, null, null);

  static CatalogFilter namePrefix(String prefix) {
    return new CatalogFilter(null, null, prefix);
  }
}
