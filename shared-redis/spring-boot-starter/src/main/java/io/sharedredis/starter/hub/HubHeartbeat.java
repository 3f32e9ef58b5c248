package io.sharedredis.starter.hub;

import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.spring.hub.Claims;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/** The one timer of all hub connections. */
final class HubHeartbeat implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(HubHeartbeat.class);

  /** Timeouts are seconds long; ASP.NET Core looks as often. */
  private static final long EVERY_MILLIS = 1_000;

  private final ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread thread = new Thread(task, "hub-heartbeat");
            thread.setDaemon(true);
            return thread;
          });

  HubHeartbeat(HubConnections connections, Claims claims) {
    ScheduledFuture<?> unused =
        timer.scheduleAtFixedRate(
            () -> beat(connections, claims), EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  // A scheduled task that throws is never run again: pings would stop for all.
  private static void beat(HubConnections connections, Claims claims) {
    try {
      connections.heartbeat();
      claims.scan();
    } catch (RuntimeException e) {
      LOG.error("The heartbeat of hub connections failed", e);
    }
  }

  @Override
  public void destroy() {
    timer.shutdownNow();
  }
}
