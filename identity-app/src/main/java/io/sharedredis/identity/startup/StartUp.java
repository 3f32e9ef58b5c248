package io.sharedredis.identity.startup;

import io.sharedredis.spring.web.ReadinessCondition;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Runs the {@link StartUpStep steps} in the background while the web server already answers probes.
 * A dependency that is away is named in the log and tried again until it comes; the process never
 * gives up by itself.
 */
@Component
public class StartUp implements SmartLifecycle, ReadinessCondition {

  private static final Logger log = LoggerFactory.getLogger(StartUp.class);

  /**
   * First pause after a failure; short, because at a farm's start PostgreSQL is often seconds away.
   */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  /** Longest pause: a replica joins at most this much later than it could. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

  private final List<StartUpStep> steps;
  private final String databaseUrl;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile boolean done;
  private volatile @Nullable Thread thread;
  private volatile String waitingFor = "start";

  StartUp(List<StartUpStep> steps, @Value("${spring.datasource.url}") String databaseUrl) {
    this.steps = List.copyOf(steps);
    this.databaseUrl = withoutParameters(databaseUrl);
  }

  /** Whether every step has succeeded. Once true it stays true. */
  public boolean isDone() {
    return done;
  }

  @Override
  public String name() {
    return "start-up";
  }

  @Override
  public boolean met() {
    return done;
  }

  /** What is still missing, for people; never a secret. */
  public String waitingFor() {
    return waitingFor;
  }

  @Override
  public void start() {
    Thread worker = new Thread(this::runSteps, "identity-start-up");
    worker.setDaemon(true);
    thread = worker;
    worker.start();
  }

  private void runSteps() {
    for (StartUpStep step : steps) {
      waitingFor = step.description();
      if (!untilSuccess(step)) {
        return;
      }
    }
    waitingFor = "nothing";
    done = true;
    log.info(
        "Ready: database {} is up to date, client, accounts and signing keys are loaded.",
        databaseUrl);
  }

  private boolean untilSuccess(StartUpStep step) {
    Duration pause = FIRST_PAUSE;
    String lastReason = "";
    while (true) {
      try {
        step.run();
        return true;
      } catch (RuntimeException e) {
        String reason = rootReason(e);
        if (!reason.equals(lastReason)) {
          log.warn(
              "Not ready: {} failed (database {}): {}. Trying again every {} s at most.",
              step.description(),
              databaseUrl,
              reason,
              LONGEST_PAUSE.toSeconds());
          log.debug("Cause", e);
          lastReason = reason;
        }
      }
      try {
        if (stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
          return false;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }

  @Override
  public void stop() {
    stopped.countDown();
    Thread worker = thread;
    if (worker != null) {
      worker.interrupt();
    }
    thread = null;
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  /** User and password may stand in a JDBC URL's parameters; they have no place in a log. */
  static String withoutParameters(String url) {
    int query = url.indexOf('?');
    return query < 0 ? url : url.substring(0, query);
  }

  private static String rootReason(Throwable problem) {
    Throwable root = problem;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String message = root.getMessage();
    String text = message == null ? root.getClass().getSimpleName() : message;
    return text.lines().findFirst().orElse(text).strip();
  }
}
