package io.sharedredis.starter.hub;

import java.util.List;
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

  /**
   * @param looks what looks at the clock; none of it blocks
   */
  HubHeartbeat(List<Runnable> looks) {
    ScheduledFuture<?> unused =
        timer.scheduleAtFixedRate(
            () -> looks.forEach(HubHeartbeat::beat),
            EVERY_MILLIS,
            EVERY_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  // A scheduled task that throws is never run again: pings would stop for all.
  private static void beat(Runnable look) {
    try {
      look.run();
    } catch (RuntimeException e) {
      LOG.error("The heartbeat of hub connections failed", e);
    }
  }

  @Override
  public void destroy() {
    timer.shutdownNow();
  }
}
