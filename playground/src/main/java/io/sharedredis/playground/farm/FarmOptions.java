package io.sharedredis.playground.farm;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the farm is made of. Immutable, and checked when built.
 *
 * @param replicas replicas of each app, 1 to 20
 * @param bind address the gateway listens on
 * @param gatewayPort public port
 * @param webspaPort port of webspa-1; the others follow
 * @param identityPort port of identity-1; the others follow
 * @param redis URL of a Redis that runs already, or null for an embedded one
 * @param postgres URL of a PostgreSQL that runs already, or null for an embedded one
 * @param publicUrl what browsers see, or null for the gateway on localhost
 * @param root directory of the built modules
 * @param runDirectory where logs, data, farm.json and the lock lie
 * @param jars app → its executable jar, where it is not the built one
 * @param environment replica name, app prefix or {@code *} → variables on top of the farm's own
 * @param startSeconds seconds until every replica must be ready
 */
public record FarmOptions(
    int replicas,
    String bind,
    int gatewayPort,
    int webspaPort,
    int identityPort,
    @Nullable String redis,
    @Nullable String postgres,
    @Nullable String publicUrl,
    Path root,
    Path runDirectory,
    Map<App, Path> jars,
    Map<String, Map<String, String>> environment,
    int startSeconds) {

  /** The farm fits on one machine; more than this is a wrong number. */
  private static final int MOST_REPLICAS = 20;

  /** Validates every option; the message names option and value. */
  public FarmOptions {
    range("--replicas", replicas, 1, MOST_REPLICAS);
    range("--gateway-port", gatewayPort, 1, 65_535);
    range("--webspa-port", webspaPort, 1, 65_536 - replicas);
    range("--identity-port", identityPort, 1, 65_536 - replicas);
    range("--start-timeout", startSeconds, 1, 3_600);
    jars = Map.copyOf(jars);
    environment = Map.copyOf(environment);
    for (String target : environment.keySet()) {
      requireKnown(target, replicas);
    }
  }

  private static void requireKnown(String target, int replicas) {
    if (target.equals("*")) {
      return;
    }
    for (App app : App.values()) {
      if (target.equals(app.prefix())) {
        return;
      }
      for (int number = 1; number <= replicas; number++) {
        if (target.equals(app.prefix() + "-" + number)) {
          return;
        }
      }
    }
    throw new FarmException(
        "--env names the replica \"" + target + "\", which this farm does not have");
  }

  private static void range(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new FarmException(option + " must be " + least + " to " + most + ", not " + value);
    }
  }

  int port(App app) {
    return app == App.WEBSPA ? webspaPort : identityPort;
  }

  String gatewayUrl() {
    return "http://localhost:" + gatewayPort;
  }

  String publicOrigin() {
    String url = publicUrl;
    return url == null ? gatewayUrl() : url;
  }

  /** Names of the variable sets that apply to a replica, the most particular last. */
  List<String> targets(App app, String name) {
    return List.of("*", app.prefix(), name);
  }
}
