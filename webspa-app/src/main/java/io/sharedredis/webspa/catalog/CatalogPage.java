package io.sharedredis.webspa.catalog;

import java.util.List;

/**
 * One page of items in name order.
 *
 * @param count items on all pages together
 */
record CatalogPage(int pageIndex, int pageSize, long count, List<CatalogItem> data) {}
