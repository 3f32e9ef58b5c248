package io.sharedredis.playground.farm;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Works out names, ports, jars and environment of all replicas. The only place that knows them. */
final class ReplicaPlan {

  private final FarmOptions options;
  private final String clientSecret;

  ReplicaPlan(FarmOptions options, String clientSecret) {
    this.options = options;
    this.clientSecret = clientSecret;
  }

  /** Port → who wants it, for all ports people know. */
  Map<Integer, String> ports() {
    Map<Integer, String> ports = new LinkedHashMap<>();
    claim(ports, options.gatewayPort(), "the gateway");
    for (App app : App.values()) {
      for (int number = 1; number <= options.replicas(); number++) {
        claim(ports, options.port(app) + number - 1, name(app, number));
      }
    }
    return ports;
  }

  /** The executable jar of each app. */
  Map<App, Path> jars() {
    Map<App, Path> jars = new EnumMap<>(App.class);
    for (App app : App.values()) {
      jars.put(app, jar(app));
    }
    return jars;
  }

  List<ReplicaSpec> replicas(Map<App, Path> jars, Stores stores) {
    return replicas(jars, stores.redisUrl(), stores.database());
  }

  List<ReplicaSpec> replicas(Map<App, Path> jars, String redisUrl, Database database) {
    List<ReplicaSpec> replicas = new ArrayList<>();
    for (App app : App.values()) {
      Path jar = Objects.requireNonNull(jars.get(app));
      for (int number = 1; number <= options.replicas(); number++) {
        String name = name(app, number);
        int port = options.port(app) + number - 1;
        Map<String, String> environment = environment(app, name, port, redisUrl, database);
        replicas.add(new ReplicaSpec(name, app, port, jar, environment));
      }
    }
    return replicas;
  }

  // The message names the way to build it.
  private Path jar(App app) {
    Path given = options.jars().get(app);
    if (given != null) {
      if (!Files.isRegularFile(given)) {
        throw new FarmException("no such jar: " + given);
      }
      return given;
    }
    Path target = options.root().resolve(app.module()).resolve("target");
    try (DirectoryStream<Path> found = Files.newDirectoryStream(target, app.module() + "-*.jar")) {
      for (Path jar : found) {
        String file = jar.getFileName().toString();
        if (!file.endsWith("-sources.jar") && !file.endsWith("-javadoc.jar")) {
          return jar;
        }
      }
    } catch (IOException notBuilt) {
      throw missing(target);
    }
    throw missing(target);
  }

  private static FarmException missing(Path target) {
    return new FarmException(
        "no jar in " + target + "; start with bin/playground, which builds it");
  }

  // What a container image of the app takes, docs/container.md; a test holds the two together.
  private Map<String, String> environment(
      App app, String name, int port, String redisUrl, Database database) {
    Map<String, String> env = new LinkedHashMap<>();
    env.put("SERVER_PORT", Integer.toString(port));
    env.put("REPLICA_NAME", name);
    env.put("SPRING_PROFILES_ACTIVE", "playground");
    env.put("PUBLIC_URL", options.publicOrigin());
    env.put("DATABASE_URL", database.url());
    env.put("DATABASE_USER", database.user());
    env.put("DATABASE_PASSWORD", database.password());
    env.put("IsClusterEnv", "true");
    env.put("DPConnectionString", redisUrl);
    env.put("SignalrStoreConnectionString", redisUrl);
    env.put("SESSION_REDIS_URL", redisUrl);
    env.put("WEBSPA_CLIENT_SECRET", clientSecret);
    if (app == App.WEBSPA) {
      env.put("BASKET_REDIS_URL", redisUrl);
      // Through the gateway, so that a sign-in goes on when an identity replica is killed.
      env.put("IDENTITY_INTERNAL_URL", options.gatewayUrl() + "/identity");
      env.put("ORDER_GRACE_PERIOD", "5s");
    }
    for (String target : options.targets(app, name)) {
      env.putAll(options.environment().getOrDefault(target, Map.of()));
    }
    return env;
  }

  private static String name(App app, int number) {
    return app.prefix() + "-" + number;
  }

  private static void claim(Map<Integer, String> ports, int port, String owner) {
    String other = ports.putIfAbsent(port, owner);
    if (other != null) {
      throw new FarmException("port " + port + " is wanted by both " + other + " and " + owner);
    }
  }
}
