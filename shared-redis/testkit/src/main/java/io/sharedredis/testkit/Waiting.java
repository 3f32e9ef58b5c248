package io.sharedredis.testkit;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.resource.ClientResources;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** Waiting for servers that have to agree with each other. */
final class Waiting {

  private static final Duration STEP = Duration.ofMillis(20);

  /** One set of threads for all questions; daemons, so that they keep no JVM alive. */
  private static final ClientResources RESOURCES =
      ClientResources.builder().ioThreadPoolSize(2).computationThreadPoolSize(2).build();

  private Waiting() {}

  static void until(String what, Duration deadline, BooleanSupplier condition) {
    try {
      Awaitility.await()
          .atMost(deadline)
          .pollDelay(Duration.ZERO)
          .pollInterval(STEP)
          .ignoreExceptions()
          .until(condition::getAsBoolean);
    } catch (ConditionTimeoutException e) {
      throw new IllegalStateException("no " + what + " within " + deadline, e);
    }
  }

  static String info(RedisServer server, String section) {
    return ask(server, redis -> redis.info(section));
  }

  static <T> T askWith(RedisURI uri, Function<RedisClient, T> question) {
    RedisClient client = RedisClient.create(RESOURCES, uri);
    try {
      return question.apply(client);
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  static <T> T ask(RedisServer server, Function<RedisCommands<String, String>, T> question) {
    return askWith(
        server.uri(),
        client -> {
          try (var connection = client.connect()) {
            return question.apply(connection.sync());
          }
        });
  }
}
