package io.sharedredis.webspa.database;

import io.sharedredis.spring.web.ReadinessCondition;
import io.sharedredis.webspa.background.BackgroundLoop;
import java.time.Duration;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Brings the schema up to date in the background and tries again until it is, so a replica that
 * starts before its database waits, says what for, and joins when the database comes.
 */
@Component
public class DatabaseStart implements SmartLifecycle, ReadinessCondition {

  private static final Logger log = LoggerFactory.getLogger(DatabaseStart.class);

  /** Time between two tries: short enough to join at once, long enough not to fill the log. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final Flyway flyway;
  private final List<AfterMigration> tasks;
  private final String url;
  private final BackgroundLoop loop = new BackgroundLoop("shop-database-start", this::migrate);
  private volatile boolean ready;

  DatabaseStart(
      Flyway flyway, List<AfterMigration> tasks, @Value("${spring.datasource.url}") String url) {
    this.flyway = flyway;
    this.tasks = List.copyOf(tasks);
    this.url = url.replaceFirst("\\?.*", "");
  }

  /** Whether the tables are there and filled; once true it stays true. */
  public boolean ready() {
    return ready;
  }

  @Override
  public void start() {
    loop.start();
  }

  private Duration migrate() {
    try {
      flyway.migrate();
      tasks.forEach(AfterMigration::run);
      ready = true;
      log.info("Database at {} is ready", url);
      loop.stop();
    } catch (RuntimeException e) {
      log.warn(
          "Database at {} is not usable yet ({}); trying again in {} s. Is DATABASE_URL right?",
          url,
          rootCause(e),
          PAUSE.toSeconds());
    }
    return PAUSE;
  }

  private static String rootCause(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void stop() {
    loop.stop();
  }

  @Override
  public boolean isRunning() {
    return loop.isRunning();
  }

  @Override
  public String name() {
    return "database";
  }

  @Override
  public boolean met() {
    return ready;
  }
}
