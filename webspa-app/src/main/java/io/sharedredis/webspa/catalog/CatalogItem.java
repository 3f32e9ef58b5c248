package io.sharedredis.webspa.catalog;

import java.math.BigDecimal;

/**
 * One thing on sale, with the property names of eShopOnContainers' catalogue.
 *
 * @param price in US dollars, two decimals
 * @param pictureUri path of the picture on this origin
 * @param availableStock pieces that can be sold now, 0 or more
 */
public record CatalogItem(
    int id,
    String name,
    String description,
    BigDecimal price,
    String pictureFileName,
    String pictureUri,
    int catalogTypeId,
    int catalogBrandId,
    int availableStock,
    int restockThreshold,
    int maxStockThreshold,
    boolean onReorder) {

  /** Where the picture of an item is served. */
  public static String pictureUri(int id) {
    return "/api/v1/catalog/items/" + id + "/pic";
  }
}
