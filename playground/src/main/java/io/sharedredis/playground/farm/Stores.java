package io.sharedredis.playground.farm;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Redis and PostgreSQL of the farm: embedded ones, or those that the options name. */
final class Stores {

  private final FarmOptions options;
  private final RunDirectory directory;
  private final WatchdogLink watchdog;
  private final Progress progress;
  private final BooleanSupplier expected;
  private @Nullable RedisProcess redis;
  private @Nullable PostgresProcess postgres;
  private String redisUrl = "";
  private @Nullable Database database;

  /**
   * Starts nothing yet.
   *
   * @param expected whether the stores should live; a death is reported only then
   */
  Stores(
      FarmOptions options,
      RunDirectory directory,
      WatchdogLink watchdog,
      Progress progress,
      BooleanSupplier expected) {
    this.options = options;
    this.directory = directory;
    this.watchdog = watchdog;
    this.progress = progress;
    this.expected = expected;
  }

  void start() throws InterruptedException {
    startRedis();
    startPostgres();
    watchdog.note(Leftovers.files(directory.data()));
  }

  private void startRedis() throws InterruptedException {
    String given = options.redis();
    if (given != null) {
      RedisAddress.requireAnswer(given);
      redisUrl = given;
      progress.step("Redis      " + RedisAddress.withoutPassword(given) + " (given)");
      return;
    }
    RedisProcess server =
        RedisProcess.start(directory.data("redis"), directory.log("redis"), watchdog);
    redis = server;
    redisUrl = server.url();
    server.watch(expected, progress);
    progress.step("Redis      " + redisUrl + " (pid " + server.process().pid() + ")");
  }

  private void startPostgres() {
    String given = options.postgres();
    if (given != null) {
      Database named = Database.parse(given);
      database = named;
      progress.step("PostgreSQL " + named + " (given)");
      return;
    }
    PostgresProcess server =
        PostgresProcess.start(
            directory.cache("postgres"),
            directory.data("postgres"),
            directory.log("postgres"),
            watchdog);
    postgres = server;
    database = server.database();
    server.watch(expected, progress);
    progress.step("PostgreSQL " + server.database());
  }

  String redisUrl() {
    return redisUrl;
  }

  Database database() {
    Database known = database;
    if (known == null) {
      throw new IllegalStateException("PostgreSQL is not started yet");
    }
    return known;
  }

  String killRedis() {
    requireOwnRedis().process().destroyForcibly();
    return "redis killed";
  }

  String restartRedis() throws InterruptedException {
    RedisProcess server = requireOwnRedis();
    server.restart(expected, progress);
    return "redis runs again (pid " + server.process().pid() + ")";
  }

  private RedisProcess requireOwnRedis() {
    RedisProcess server = redis;
    if (server == null) {
      throw new FarmException("this farm did not start the Redis it uses, --redis named it");
    }
    return server;
  }

  /** Stops what this has started; replicas are gone by then. */
  void stop() throws InterruptedException {
    PostgresProcess database = postgres;
    if (database != null) {
      database.stop();
    }
    RedisProcess server = redis;
    if (server != null) {
      server.stop();
    }
  }
}
