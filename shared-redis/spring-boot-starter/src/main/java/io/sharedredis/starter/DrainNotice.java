package io.sharedredis.starter;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;

/**
 * The first step of a stop: readiness goes off while requests are still served, so that the gateway
 * sends new ones elsewhere before this replica refuses any.
 */
final class DrainNotice implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(DrainNotice.class);

  private final ApplicationContext context;
  private final Duration notice;
  private volatile boolean running;

  DrainNotice(ApplicationContext context, Duration notice) {
    this.context = context;
    this.notice = notice;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public void stop(Runnable callback) {
    AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
    if (!notice.isZero()) {
      log.info("Draining: readiness is off, requests are served for another {}", notice);
    }
    CompletableFuture.delayedExecutor(
            notice.toMillis(),
            TimeUnit.MILLISECONDS,
            new BackgroundThread("shared-redis-drain-notice"))
        .execute(
            () -> {
              running = false;
              callback.run();
            });
  }

  /** A context that is only paused, between test classes, does not stop. */
  @Override
  public boolean isPauseable() {
    return false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before everything else stops; Boot's graceful shutdown comes 1024 phases later. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
