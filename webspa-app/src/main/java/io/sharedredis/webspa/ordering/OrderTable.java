package io.sharedredis.webspa.ordering;

import io.sharedredis.webspa.login.Buyer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Writes orders and locks them for change; always inside the caller's transaction. */
@Repository
@Transactional(propagation = Propagation.MANDATORY)
class OrderTable {

  private final JdbcClient jdbc;

  OrderTable(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Adds an order; waits for a transaction that is ordering the same basket.
   *
   * @return the order's number; empty when this version of the basket has become an order before
   */
  Optional<Integer> insert(
      Buyer buyer,
      String basketVersion,
      Address address,
      PaymentCard card,
      List<OrderLine> lines,
      String description,
      Instant now,
      Instant dueAt) {
    Optional<Integer> id =
        jdbc.sql(
                """
                insert into shop.orders (buyer_id, basket_version, buyer_name, status,
                  description, created_at, due_at, street, city, state, country, zip_code, card_type_id, card_last_four)
                values (:buyerId, :basketVersion, :buyerName, :status, :description, :now, :due,
                  :street, :city, :state, :country, :zipCode, :cardType, :lastFour)
                on conflict (buyer_id, basket_version) do nothing
                returning id
                """)
            .param("buyerId", buyer.id())
            .param("basketVersion", basketVersion)
            .param("buyerName", buyer.name())
            .param("status", OrderStatus.SUBMITTED.wireName())
            .param("description", description)
            .param("now", utc(now))
            .param("due", utc(dueAt))
            .param("street", address.street())
            .param("city", address.city())
            .param("state", address.state())
            .param("country", address.country())
            .param("zipCode", address.zipCode())
            .param("cardType", card.type().id())
            .param("lastFour", card.lastFour())
            .query(Integer.class)
            .optional();
    id.ifPresent(order -> lines.forEach(line -> insert(order, line)));
    return id;
  }

  /** The order that a version of the buyer's basket became. */
  Optional<Integer> ofBasket(Buyer buyer, String basketVersion) {
    return jdbc.sql(
            """
            select id from shop.orders
            where buyer_id = :buyerId and basket_version = :basketVersion
            """)
        .param("buyerId", buyer.id())
        .param("basketVersion", basketVersion)
        .query(Integer.class)
        .optional();
  }

  private void insert(int order, OrderLine line) {
    jdbc.sql(
            """
            insert into shop.order_item (order_id, product_id, product_name, unit_price, units,
              picture_url)
            values (:order, :productId, :productName, :unitPrice, :units, :pictureUrl)
            """)
        .param("order", order)
        .param("productId", line.productId())
        .param("productName", line.productName())
        .param("unitPrice", line.unitPrice())
        .param("units", line.units())
        .param("pictureUrl", line.pictureUrl())
        .update();
  }

  /** The order, locked until the end of the transaction. */
  Optional<Order> lock(int id) {
    return jdbc.sql("select * from shop.orders where id = :id for update")
        .param("id", id)
        .query(OrderTable::order)
        .optional();
  }

  /** The order whose automatic step is overdue longest, unless another replica is at it. */
  Optional<Order> lockDue(Instant now) {
    return jdbc.sql(
            """
            select * from shop.orders where due_at <= :now
            order by due_at limit 1 for update skip locked
            """)
        .param("now", utc(now))
        .query(OrderTable::order)
        .optional();
  }

  void update(int id, OrderStatus status, String description, @Nullable Instant dueAt) {
    jdbc.sql(
            """
            update shop.orders set status = :status, description = :description,
              due_at = cast(:due as timestamptz)
            where id = :id
            """)
        .param("id", id)
        .param("status", status.wireName())
        .param("description", description)
        .param("due", dueAt == null ? null : utc(dueAt))
        .update();
  }

  Map<Integer, Integer> units(int id) {
    return jdbc
        .sql("select product_id, units from shop.order_item where order_id = :id")
        .param("id", id)
        .query((row, n) -> Map.entry(row.getInt("product_id"), row.getInt("units")))
        .list()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static Order order(ResultSet row, int n) throws SQLException {
    return new Order(
        row.getInt("id"),
        row.getString("buyer_id"),
        row.getString("buyer_name"),
        OrderStatus.ofWireName(row.getString("status")));
  }

  private static OffsetDateTime utc(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
