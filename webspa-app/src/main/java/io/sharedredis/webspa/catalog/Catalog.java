package io.sharedredis.webspa.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Reads what is on sale. Every list has a total order, so paging neither skips nor repeats. */
@Repository
public class Catalog {

  private static final String FILTER =
      """
      from shop.catalog_item
      where (cast(:type as int) is null or catalog_type_id = :type)
        and (cast(:brand as int) is null or catalog_brand_id = :brand)
        and (cast(:name as text) is null or starts_with(lower(name), lower(:name)))
      """;

  private final JdbcClient jdbc;

  Catalog(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  CatalogPage page(CatalogFilter filter, int pageIndex, int pageSize) {
    long count =
        jdbc.sql("select count(*) " + FILTER)
            .param("type", filter.typeId())
            .param("brand", filter.brandId())
            .param("name", filter.name())
            .query(Long.class)
            .single();
    List<CatalogItem> data =
        jdbc.sql("select * " + FILTER + " order by name, id limit :size offset :skip")
            .param("type", filter.typeId())
            .param("brand", filter.brandId())
            .param("name", filter.name())
            .param("size", pageSize)
            .param("skip", (long) pageIndex * pageSize)
            .query(Catalog::item)
            .list();
    return new CatalogPage(pageIndex, pageSize, count, data);
  }

  /** The items with these ids that exist, in name order. */
  public List<CatalogItem> items(Collection<Integer> ids) {
    return ids.isEmpty()
        ? List.of()
        : jdbc.sql("select * from shop.catalog_item where id in (:ids) order by name, id")
            .param("ids", ids)
            .query(Catalog::item)
            .list();
  }

  Optional<CatalogItem> item(int id) {
    return items(List.of(id)).stream().findFirst();
  }

  List<CatalogBrand> brands() {
    return jdbc.sql("select id, brand from shop.catalog_brand order by id")
        .query((row, n) -> new CatalogBrand(row.getInt("id"), row.getString("brand")))
        .list();
  }

  List<CatalogType> types() {
    return jdbc.sql("select id, type from shop.catalog_type order by id")
        .query((row, n) -> new CatalogType(row.getInt("id"), row.getString("type")))
        .list();
  }

  private static CatalogItem item(ResultSet row, int n) throws SQLException {
    int id = row.getInt("id");
    return new CatalogItem(
        id,
        row.getString("name"),
        row.getString("description"),
        row.getBigDecimal("price"),
        row.getString("picture_file_name"),
        CatalogItem.pictureUri(id),
        row.getInt("catalog_type_id"),
        row.getInt("catalog_brand_id"),
        row.getInt("available_stock"),
        row.getInt("restock_threshold"),
        row.getInt("max_stock_threshold"),
        row.getBoolean("on_reorder"));
  }
}
