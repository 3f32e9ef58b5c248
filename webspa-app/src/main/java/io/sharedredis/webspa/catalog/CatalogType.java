package io.sharedredis.webspa.catalog;

/** What kind of thing it is. */
record CatalogType(int id, String type) {}
