package io.sharedredis.webspa.farm;

import io.sharedredis.testkit.RedisServer;

/** Two running replicas, sessions in a Redis of their own, a stub of the identity provider. */
public final class TwoShops {

  private static TwoShops shared;

  public final StubIdentity identity = new StubIdentity();

  /** Holds sessions and nothing else; whoever pauses it resumes it. */
  public final RedisServer sessions = RedisServer.startOwn();

  public final Replica one;
  public final Replica two;

  private TwoShops() {
    RedisServer redis = RedisServer.startOwn();
    Replica.Settings settings =
        new Replica.Settings(Databases.create(), redis.url(), identity)
            .set("SESSION_REDIS_URL", sessions.url());
    one = settings.start("webspa-1");
    two = settings.start("webspa-2");
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  one.close();
                  two.close();
                }));
    one.awaitReady();
    two.awaitReady();
  }

  /** Those that all tests of this JVM share. */
  public static synchronized TwoShops shared() {
    if (shared == null) {
      shared = new TwoShops();
    }
    return shared;
  }
}
