package io.sharedredis.webspa.events;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Events in PostgreSQL, written by the transaction that caused them and kept until a consumer has
 * finished them: whatever the stream loses is sent again from here.
 */
@Repository
public class Outbox {

  /**
   * Sent again when nobody finished it by then: a stream that lost entries without losing its
   * group.
   */
  private static final Duration RESEND_AFTER = Duration.ofSeconds(10);

  /** Processed events are kept a day for people who look into a problem. */
  private static final Duration KEEP_PROCESSED = Duration.ofDays(1);

  /** Rows of one round, so that a transaction stays short. */
  private static final int BATCH = 100;

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final InstantSource clock;
  private final ApplicationEventPublisher local;

  Outbox(JdbcClient jdbc, JsonMapper json, InstantSource clock, ApplicationEventPublisher local) {
    this.jdbc = jdbc;
    this.json = json;
    this.clock = clock;
    this.local = local;
  }

  /** Tells this replica's relay, after the commit, that there is something to send. */
  record Written() {}

  /** Adds an event to the caller's transaction. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void add(OrderStatusChanged event) {
    jdbc.sql(
            """
            insert into shop.outbox (order_id, payload, created_at)
            values (:order, :payload, :now)
            """)
        .param("order", event.orderId())
        .param("payload", json.writeValueAsString(event))
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .update();
    local.publishEvent(new Written());
  }

  /**
   * Locks what is to be sent now. Of each order only the oldest open event is sent, so a buyer sees
   * the statuses in their order whichever replicas handle them.
   */
  @Transactional(propagation = Propagation.MANDATORY)
  List<Long> lockDue() {
    return jdbc.sql(
            """
            select o.id from shop.outbox o
            where o.processed_at is null and o.parked_at is null
              and (o.sent_at is null or o.sent_at < :resend)
              and not exists (
                select 1 from shop.outbox earlier
                where earlier.order_id = o.order_id and earlier.id < o.id
                  and earlier.processed_at is null and earlier.parked_at is null)
            order by o.id limit :batch
            for update of o skip locked
            """)
        .param("resend", clock.instant().minus(RESEND_AFTER).atOffset(ZoneOffset.UTC))
        .param("batch", BATCH)
        .query(Long.class)
        .list();
  }

  void markSent(long id) {
    jdbc.sql("update shop.outbox set sent_at = :now where id = :id")
        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
        .param("id", id)
        .update();
  }

  /**
   * The stream was lost: whatever nobody finished is to be sent again. Rows that are being sent are
   * waited for, or their mark would be set after this.
   */
  @Transactional
  public int forgetSent() {
    return jdbc.sql(
            """
            with open as (
              select id from shop.outbox where processed_at is null and parked_at is null
              order by id for update)
            update shop.outbox set sent_at = null from open where outbox.id = open.id
            """)
        .update();
  }

  @Transactional
  int deleteOld() {
    Instant before = clock.instant().minus(KEEP_PROCESSED);
    return jdbc.sql("delete from shop.outbox where processed_at < :before")
        .param("before", before.atOffset(ZoneOffset.UTC))
        .update();
  }
}
