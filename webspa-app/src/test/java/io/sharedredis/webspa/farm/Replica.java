package io.sharedredis.webspa.farm;

import io.sharedredis.webspa.WebspaApplication;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** One replica of the shop in this JVM, started with the environment names of the contract. */
public final class Replica implements AutoCloseable {

  private final ConfigurableApplicationContext context;

  private Replica(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** What replicas are started with; each call of {@link #start} makes one more. */
  public static final class Settings {

    private final Map<String, String> values = new LinkedHashMap<>();
    private final List<Class<?>> more = new ArrayList<>();

    public Settings(String databaseUrl, String redisUrl, StubIdentity identity) {
      set("DATABASE_URL", databaseUrl);
      set("DATABASE_USER", "postgres");
      set("DATABASE_PASSWORD", "postgres");
      set("BASKET_REDIS_URL", redisUrl);
      set("DPConnectionString", redisUrl);
      set("SignalrStoreConnectionString", redisUrl);
      set("SESSION_REDIS_URL", redisUrl);
      set("IsClusterEnv", "true");
      set("IDENTITY_INTERNAL_URL", identity.url());
      set("PUBLIC_URL", StubIdentity.PUBLIC_URL);
      set("WEBSPA_CLIENT_SECRET", StubIdentity.SECRET);
      set("SERVER_PORT", "0");
      set("ORDER_GRACE_PERIOD", "1h");
      set("shop.ordering.simulated-work", "0s");
      set("shop.ordering.tick", "50ms");
      set("spring.main.banner-mode", "off");
      set("spring.datasource.hikari.maximum-pool-size", "6");
      set("spring.datasource.hikari.minimum-idle", "1");
      set("shared-redis.drain.notice", "0s");
      set("server.shutdown", "immediate");
    }

    public Settings set(String name, String value) {
      values.put(name, value);
      return this;
    }

    /** Adds a configuration class, for instance one that replaces the clock. */
    public Settings with(Class<?> configuration) {
      more.add(configuration);
      return this;
    }

    public Replica start(String name) {
      List<String> arguments = new ArrayList<>();
      values.forEach((key, value) -> arguments.add("--" + key + "=" + value));
      arguments.add("--REPLICA_NAME=" + name);
      return new Replica(
          new SpringApplicationBuilder(WebspaApplication.class)
              .sources(more.toArray(Class<?>[]::new))
              .properties(Map.of("spring.main.allow-bean-definition-overriding", "true"))
              .registerShutdownHook(false)
              .run(arguments.toArray(String[]::new)));
    }
  }

  public URI url() {
    return URI.create(
        "http://localhost:" + context.getEnvironment().getProperty("local.server.port"));
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** A client of this replica that sends this bearer token; null for nobody. */
  public Client as(String bearer) {
    return new Client(url(), bearer);
  }

  /** Waits until the replica takes traffic. */
  public Replica awaitReady() {
    Awaitility.await()
        .atMost(30, TimeUnit.SECONDS)
        .pollInterval(50, TimeUnit.MILLISECONDS)
        .until(() -> as(null).get("/readiness").status() == 200);
    return this;
  }

  @Override
  public void close() {
    context.close();
  }
}
