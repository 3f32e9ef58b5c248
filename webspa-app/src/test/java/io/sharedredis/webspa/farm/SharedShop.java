package io.sharedredis.webspa.farm;

import io.sharedredis.testkit.MutableClock;
import io.sharedredis.testkit.RedisServer;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.springframework.context.annotation.Bean;

/** One running replica that tests share which harm nothing; its clock is theirs to move. */
public final class SharedShop {

  public static final StubIdentity IDENTITY = new StubIdentity();
  public static final MutableClock CLOCK =
      MutableClock.at(Instant.now().truncatedTo(ChronoUnit.SECONDS));
  public static final RedisServer REDIS = RedisServer.startOwn();
  private static Replica replica;

  private SharedShop() {}

  /** Replaces the clock of the application. */
  public static class TestClock {
    @Bean
    InstantSource shopClock() {
      return CLOCK;
    }
  }

  /** Settings on the shared Redis and another database. */
  public static Replica.Settings settings(String database) {
    return new Replica.Settings(database, REDIS.url(), IDENTITY);
  }

  public static synchronized Replica replica() {
    if (replica == null) {
      replica = settings(Databases.create()).with(TestClock.class).start("webspa-shared");
      replica.awaitReady();
      Runtime.getRuntime().addShutdownHook(new Thread(replica::close));
    }
    return replica;
  }

  /** A client with this bearer token; null for none. */
  public static Client client(String bearer) {
    return replica().as(bearer);
  }

  /** A client of this user with every scope. */
  public static Client as(String user) {
    return client(IDENTITY.bearer(user));
  }
}
