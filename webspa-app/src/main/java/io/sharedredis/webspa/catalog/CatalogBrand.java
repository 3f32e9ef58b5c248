package io.sharedredis.webspa.catalog;

/** Who made it. */
record CatalogBrand(int id, String brand) {}
