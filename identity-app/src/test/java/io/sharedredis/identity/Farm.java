package io.sharedredis.identity;

import io.sharedredis.testkit.FreePorts;
import io.sharedredis.testkit.RedisServer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.awaitility.Awaitility;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A real PostgreSQL, a real Redis, and replicas of the app as separate application contexts with
 * ports of their own.
 */
public final class Farm implements AutoCloseable {

  public static final String PUBLIC_URL = "http://localhost:8080";
  public static final String REDIRECT = PUBLIC_URL + "/login/oauth2/code/shop";
  public static final String SECRET = "a-secret-of-the-tests-only";

  private static Farm shared;
  private static Replica sharedReplica;

  private final int databasePort;
  private final RedisServer redis;
  private EmbeddedPostgres postgres;

  private Farm() {
    redis = RedisServer.startOwn();
    databasePort = FreePorts.one();
  }

  /** One replica on the shared farm for all tests that do not break it. */
  public static synchronized Replica sharedReplica() {
    if (sharedReplica == null) {
      sharedReplica = shared().start("identity-1");
      sharedReplica.awaitReady();
    }
    return sharedReplica;
  }

  /** A farm whose PostgreSQL comes later, by {@link #startDatabase()}. */
  public static Farm withoutDatabase() {
    return new Farm();
  }

  public void startDatabase() {
    try {
      postgres = EmbeddedPostgres.builder().setPort(databasePort).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void stopDatabase() throws IOException {
    postgres.close();
  }

  /** One farm for all tests of this JVM that do not break it. */
  public static synchronized Farm shared() {
    if (shared == null) {
      shared = new Farm();
      shared.startDatabase();
    }
    return shared;
  }

  public RedisServer redis() {
    return redis;
  }

  public JdbcClient jdbc() {
    return JdbcClient.create(postgres.getPostgresDatabase());
  }

  public int databasePort() {
    return databasePort;
  }

  public String databaseUrl() {
    return "jdbc:postgresql://localhost:" + databasePort + "/postgres";
  }

  /** The environment of a replica, by the names that containers are given. */
  public Map<String, Object> environment(String name) {
    Map<String, Object> environment = new LinkedHashMap<>();
    environment.put("SERVER_PORT", "0");
    environment.put("REPLICA_NAME", name);
    environment.put("PUBLIC_URL", PUBLIC_URL);
    environment.put("DATABASE_URL", databaseUrl());
    environment.put("DATABASE_USER", "postgres");
    environment.put("DATABASE_PASSWORD", "postgres");
    environment.put("IsClusterEnv", "True");
    environment.put("DPConnectionString", redis.url());
    environment.put("SignalrStoreConnectionString", redis.url());
    environment.put("SESSION_REDIS_URL", redis.url());
    environment.put("WEBSPA_CLIENT_SECRET", SECRET);
    environment.put("spring.profiles.active", "playground");
    // What a slow moment of a busy build machine must not turn into a 503; deadlines have their own
    // tests.
    environment.put("shared-redis.redis.command-timeout", "3s");
    return environment;
  }

  public Replica start(String name) {
    return Replica.start(name, environment(name));
  }

  @Override
  public void close() throws IOException {
    redis.close();
    stopDatabase();
  }

  /** One running replica. */
  public record Replica(String name, ConfigurableApplicationContext context)
      implements AutoCloseable {

    public static Replica start(String name, Map<String, Object> environment) {
      SpringApplicationBuilder app =
          new SpringApplicationBuilder(IdentityApplication.class)
              .properties(environment)
              .properties(
                  "spring.jmx.enabled=false",
                  "spring.main.banner-mode=off",
                  "shared-redis.drain.notice=0s");
      return new Replica(name, app.run());
    }

    public String root() {
      int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
      return "http://localhost:" + port;
    }

    public void awaitReady() {
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> readiness() == 200);
    }

    public int readiness() {
      return probe("/readiness");
    }

    public int probe(String path) {
      return Browser.raw(HttpRequest.newBuilder(URI.create(root() + path))).statusCode();
    }

    @Override
    public void close() {
      context.close();
    }
  }
}
