package io.sharedredis.webspa.ordering;

import io.sharedredis.webspa.web.ShopProblem;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What buyers' request ids ({@code x-requestid}) were used for, so that a repeated request is
 * answered as the first one was and does nothing twice.
 */
@Repository
class RequestIds {

  private final JdbcClient jdbc;
  private final InstantSource clock;

  RequestIds(JdbcClient jdbc, InstantSource clock) {
    this.jdbc = jdbc;
    this.clock = clock;
  }

  /** A request id as the header has it. */
  static UUID parse(@Nullable String header) {
    try {
      if (header != null && header.length() == 36) {
        return UUID.fromString(header);
      }
    } catch (IllegalArgumentException e) {
      // answered below
    }
    throw ShopProblem.badInput("x-requestid", "header x-requestid must be a guid");
  }

  /** The order this request was about, if it was done before. */
  Optional<Integer> orderOf(String buyerId, UUID requestId, String command) {
    record Used(String command, int order) {}
    Optional<Used> used =
        jdbc.sql(
                """
                select command, order_id from shop.order_request
                where buyer_id = :buyer and request_id = :request
                """)
            .param("buyer", buyerId)
            .param("request", requestId)
            .query((row, n) -> new Used(row.getString("command"), row.getInt("order_id")))
            .optional();
    if (used.isPresent() && !used.get().command().equals(command)) {
      throw ShopProblem.badInput("x-requestid", "x-requestid was used for another request");
    }
    return used.map(Used::order);
  }

  /**
   * Notes the request; waits for a transaction that is noting the same one.
   *
   * @return false when another transaction was faster: this one must be rolled back
   */
  boolean note(String buyerId, UUID requestId, String command, int orderId) {
    return jdbc.sql(
                """
                insert into shop.order_request (buyer_id, request_id, command, order_id, at)
                values (:buyer, :request, :command, :order, :now) on conflict do nothing
                """)
            .param("buyer", buyerId)
            .param("request", requestId)
            .param("command", command)
            .param("order", orderId)
            .param("now", clock.instant().atOffset(ZoneOffset.UTC))
            .update()
        == 1;
  }
}
