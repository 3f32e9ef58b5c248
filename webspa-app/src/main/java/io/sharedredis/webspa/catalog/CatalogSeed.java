package io.sharedredis.webspa.catalog;

import io.sharedredis.webspa.database.AfterMigration;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/** Fills an empty catalogue from the CSV files, once for the whole farm. */
@Component
class CatalogSeed implements AfterMigration {

  private static final Logger log = LoggerFactory.getLogger(CatalogSeed.class);

  /** Advisory lock of the seed: any number that nothing else in this database uses. */
  private static final long SEED_LOCK = 0x5EED_CA7AL;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  CatalogSeed(JdbcClient jdbc, TransactionTemplate transaction) {
    this.jdbc = jdbc;
    this.transaction = transaction;
  }

  /** Replicas that start together queue on the lock; the second finds the catalogue filled. */
  @Override
  public void run() {
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("select 1 from pg_advisory_xact_lock(:key)")
              .param("key", SEED_LOCK)
              .query(Integer.class)
              .single();
          long items =
              jdbc.sql("select count(*) from shop.catalog_item").query(Long.class).single();
          if (items == 0) {
            fill(
                CatalogCsv.read(
                    open("CatalogBrands.csv"), open("CatalogTypes.csv"), open("CatalogItems.csv")));
          }
        });
  }

  void fill(CatalogCsv csv) {
    csv.skipped().forEach(row -> log.warn("Catalogue seed: {} is skipped", row));
    csv.brands()
        .forEach(
            brand ->
                jdbc.sql("insert into shop.catalog_brand (brand) values (:brand)")
                    .param("brand", brand)
                    .update());
    csv.types()
        .forEach(
            type ->
                jdbc.sql("insert into shop.catalog_type (type) values (:type)")
                    .param("type", type)
                    .update());
    csv.items().forEach(this::insert);
    log.info("Catalogue seeded with {} items", csv.items().size());
  }

  private void insert(CatalogCsv.Item item) {
    jdbc.sql(
            """
            insert into shop.catalog_item (id, name, description, price, picture_file_name,
              catalog_type_id, catalog_brand_id, available_stock, restock_threshold,
              max_stock_threshold, on_reorder)
            select :id, :name, :description, :price, :pictureFileName, t.id, b.id,
              :availableStock, :restockThreshold, :maxStockThreshold, :onReorder
            from shop.catalog_type t, shop.catalog_brand b where t.type = :type and b.brand = :brand
            """)
        .paramSource(item)
        .update();
  }

  private static Reader open(String name) {
    try {
      return new InputStreamReader(
          new ClassPathResource("catalog/" + name).getInputStream(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("catalogue seed file " + name + " cannot be read", e);
    }
  }
}
