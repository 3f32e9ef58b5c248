package io.sharedredis.webspa.ordering;

import io.sharedredis.starter.Farm;
import io.sharedredis.webspa.events.OrderStatusChanged;
import io.sharedredis.webspa.events.OrderStatusListener;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Writes down which replica consumed the event of each status, and when. */
@Component
class OrderHistory implements OrderStatusListener {

  private final JdbcClient jdbc;
  private final String replica;
  private final InstantSource clock;

  OrderHistory(JdbcClient jdbc, Farm farm, InstantSource clock) {
    this.jdbc = jdbc;
    this.replica = farm.replicaName();
    this.clock = clock;
  }

  @Override
  public void orderStatusChanged(OrderStatusChanged event) {
    jdbc.sql(
            """
            insert into shop.order_history (order_id, status, at, replica)
            values (:order, :status, :now, :replica) on conflict do nothing
            """)
        .param("order", event.orderId())
        .param("status", event.status())
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .param("replica", replica)
        .update();
  }
}
