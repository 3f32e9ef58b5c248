package io.sharedredis.webspa.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Takes pieces from stock and puts them back. Always in product order, so that two orders of the
 * same products cannot wait for each other in a circle.
 */
@Repository
@Transactional(propagation = Propagation.MANDATORY)
public class Stock {

  private final JdbcClient jdbc;

  Stock(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Takes all of the wanted pieces or none.
   *
   * @param wanted pieces by product id
   * @return the products there are too few of; empty when all was taken
   */
  public List<Integer> take(Map<Integer, Integer> wanted) {
    Map<Integer, Integer> taken = new TreeMap<>();
    List<Integer> missing = new ArrayList<>();
    new TreeMap<>(wanted)
        .forEach(
            (product, units) -> {
              if (subtract(product, units)) {
                taken.put(product, units);
              } else {
                missing.add(product);
              }
            });
    if (!missing.isEmpty()) {
      putBack(taken);
    }
    return missing;
  }

  /** Returns pieces of an order that will not be shipped. */
  public void putBack(Map<Integer, Integer> units) {
    new TreeMap<>(units).forEach((product, count) -> subtract(product, -count));
  }

  /** The condition and the change are one statement: no replica can sell what another just sold. */
  private boolean subtract(int product, int units) {
    return jdbc.sql(
                """
                update shop.catalog_item set available_stock = available_stock - :units
                where id = :product and available_stock >= :units
                """)
            .param("product", product)
            .param("units", units)
            .update()
        == 1;
  }
}
