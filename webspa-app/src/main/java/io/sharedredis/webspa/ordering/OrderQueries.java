package io.sharedredis.webspa.ordering;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What buyers see of their own orders. Each question names the buyer: there is no other way in. */
@Repository
class OrderQueries {

  /** Rows of the list: the newest; older orders are still found by number. */
  private static final int MAX_LIST = 200;

  private final JdbcClient jdbc;

  OrderQueries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<OrderSummary> of(String buyerId) {
    return jdbc.sql(
            """
            select o.id, o.created_at, o.status, sum(i.unit_price * i.units) as total
            from shop.orders o join shop.order_item i on i.order_id = o.id
            where o.buyer_id = :buyer group by o.id order by o.id desc limit :max
            """)
        .param("buyer", buyerId)
        .param("max", MAX_LIST)
        .query(
            (row, n) ->
                new OrderSummary(
                    row.getInt("id"),
                    instant(row, "created_at"),
                    row.getString("status"),
                    row.getBigDecimal("total")))
        .list();
  }

  Optional<OrderDetails> find(String buyerId, int id) {
    List<OrderLine> lines = lines(id);
    return jdbc.sql("select * from shop.orders where id = :id and buyer_id = :buyer")
        .param("id", id)
        .param("buyer", buyerId)
        .query(
            (row, n) ->
                new OrderDetails(
                    id,
                    instant(row, "created_at"),
                    row.getString("status"),
                    row.getString("description"),
                    row.getString("street"),
                    row.getString("city"),
                    row.getString("state"),
                    row.getString("zip_code"),
                    row.getString("country"),
                    row.getString("card_last_four"),
                    lines,
                    OrderLine.total(lines)))
        .optional();
  }

  Optional<List<OrderHistoryEntry>> history(String buyerId, int id) {
    if (find(buyerId, id).isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        jdbc.sql(
                """
                select status, at, replica from shop.order_history
                where order_id = :id order by position
                """)
            .param("id", id)
            .query(
                (row, n) ->
                    new OrderHistoryEntry(
                        row.getString("status"), instant(row, "at"), row.getString("replica")))
            .list());
  }

  private List<OrderLine> lines(int id) {
    return jdbc.sql("select * from shop.order_item where order_id = :id order by product_name")
        .param("id", id)
        .query(
            (row, n) ->
                new OrderLine(
                    row.getInt("product_id"),
                    row.getString("product_name"),
                    row.getInt("units"),
                    row.getBigDecimal("unit_price"),
                    row.getString("picture_url")))
        .list();
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }
}
