package io.sharedredis.webspa.events;

import io.sharedredis.webspa.background.BackgroundLoop;
import io.sharedredis.webspa.database.DatabaseStart;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

/** Carries events from the outbox to the stream; on every replica, row locks share the work out. */
@Component
class OutboxRelay implements SmartLifecycle {

  /** How soon an event is seen that another replica wrote; its own replica sends it at once. */
  private static final Duration POLL = Duration.ofMillis(250);

  private static final Duration HOUSEKEEPING = Duration.ofHours(1);

  private final Outbox outbox;
  private final EventStream stream;
  private final TransactionTemplate transaction;
  private final DatabaseStart database;
  private final InstantSource clock;
  private final BackgroundLoop loop = new BackgroundLoop("shop-outbox", this::send);
  private Instant lastHousekeeping = Instant.EPOCH;

  OutboxRelay(
      Outbox outbox,
      EventStream stream,
      TransactionTemplate transaction,
      DatabaseStart database,
      InstantSource clock) {
    this.outbox = outbox;
    this.stream = stream;
    this.transaction = transaction;
    this.database = database;
    this.clock = clock;
  }

  @TransactionalEventListener(Outbox.Written.class)
  public void wake() {
    loop.wake();
  }

  /** When Redis refuses, the rows stay unsent and the next round tries again. */
  private Duration send() {
    if (!database.ready()) {
      return POLL;
    }
    transaction.executeWithoutResult(
        status -> {
          List<Long> due = outbox.lockDue();
          for (long id : due) {
            stream.append(id);
            outbox.markSent(id);
          }
        });
    Instant now = clock.instant();
    if (now.isAfter(lastHousekeeping.plus(HOUSEKEEPING))) {
      lastHousekeeping = now;
      outbox.deleteOld();
    }
    return POLL;
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public void stop() {
    loop.stop();
  }

  @Override
  public boolean isRunning() {
    return loop.isRunning();
  }
}
