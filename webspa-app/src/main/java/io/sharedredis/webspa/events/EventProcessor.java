package io.sharedredis.webspa.events;

import io.lettuce.core.RedisException;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.starter.Farm;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finishes one event: tells the listeners and marks the outbox row as processed in one transaction.
 * A second delivery of the same event finds the mark, or the row lock of the replica that is at it.
 */
@Component
class EventProcessor {

  private static final Logger log = LoggerFactory.getLogger(EventProcessor.class);

  /**
   * Failures that are not an outage, after which an event is set aside so that later ones get on.
   */
  static final int MAX_ATTEMPTS = 5;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final JsonMapper json;
  private final List<OrderStatusListener> listeners;
  private final String replica;
  private final InstantSource clock;
  private final ApplicationEventPublisher local;

  EventProcessor(
      JdbcClient jdbc,
      TransactionTemplate transaction,
      JsonMapper json,
      List<OrderStatusListener> listeners,
      Farm farm,
      InstantSource clock,
      ApplicationEventPublisher local) {
    this.jdbc = jdbc;
    this.transaction = transaction;
    this.json = json;
    this.listeners = List.copyOf(listeners);
    this.replica = farm.replicaName();
    this.clock = clock;
    this.local = local;
  }

  private record Row(String payload, boolean open) {}

  /**
   * Returns whether the stream may forget the delivery: done now, done before, set aside, or gone.
   */
  boolean process(long outboxId) {
    try {
      return Boolean.TRUE.equals(transaction.execute(status -> processLocked(outboxId)));
    } catch (RuntimeException e) {
      if (outage(e)) {
        log.warn("Event {} waits for a dependency: {}", outboxId, e.toString());
        return false;
      }
      log.error("Event {} failed", outboxId, e);
      return countFailure(outboxId);
    }
  }

  private boolean processLocked(long outboxId) {
    Optional<Row> row =
        jdbc.sql(
                """
                select payload, processed_at is null and parked_at is null as open
                from shop.outbox where id = :id for update
                """)
            .param("id", outboxId)
            .query((r, n) -> new Row(r.getString("payload"), r.getBoolean("open")))
            .optional();
    if (row.isPresent() && row.get().open()) {
      OrderStatusChanged event = json.readValue(row.get().payload(), OrderStatusChanged.class);
      listeners.forEach(listener -> listener.orderStatusChanged(event));
      jdbc.sql(
              """
              update shop.outbox set processed_at = :now, processed_by = :replica where id = :id
              """)
          .param("now", clock.instant().atOffset(ZoneOffset.UTC))
          .param("replica", replica)
          .param("id", outboxId)
          .update();
      local.publishEvent(new Outbox.Written());
    }
    return true;
  }

  private boolean countFailure(long outboxId) {
    Integer attempts =
        jdbc.sql(
                """
                update shop.outbox set attempts = attempts + 1,
                  parked_at = case when attempts + 1 >= :max then cast(:now as timestamptz) end
                where id = :id returning attempts
                """)
            .param("max", MAX_ATTEMPTS)
            .param("now", clock.instant().atOffset(ZoneOffset.UTC))
            .param("id", outboxId)
            .query(Integer.class)
            .single();
    boolean parked = attempts >= MAX_ATTEMPTS;
    if (parked) {
      log.error("Event {} is set aside after {} attempts (table shop.outbox)", outboxId, attempts);
    }
    return parked;
  }

  /** Something is away, nothing is wrong with the event: it is kept for as long as that lasts. */
  private static boolean outage(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof NotNowException
          || e instanceof RedisUnavailableException
          || e instanceof RedisException
          || e instanceof DataAccessResourceFailureException
          || e instanceof TransientDataAccessException
          || e instanceof TransactionException) {
        return true;
      }
    }
    return false;
  }
}
