package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.testkit.RedisExtension;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;

/** Rings in a real Redis. */
class RedisRingIT {
  @RegisterExtension static final RedisExtension redis = new RedisExtension();

  private final String list = "cli-" + UUID.randomUUID();

  @Test
  void ringOfDotNetInRedisIsListedAndUsed() {
    raw(commands -> commands.rpush(list, Recorded.items("default").toArray(String[]::new)));
    Shell shell = Shell.at(Recorded.now("default"));
    String id = Recorded.ring("default").get("keys").get(0).get("id").asString();

    JsonNode listed = shell.run("", Shell.arguments("keyring", "list", ring(), "--json")).json();
    assertThat(listed.get("default_key_id").asString()).isEqualTo(id);
    Shell.Result sealed =
        shell.run("hello\n", Shell.arguments("protect", ring(), "--app=MyApp", "--purpose=p"));
    assertThat(sealed.exit()).isZero();
    // The same keys lie in a directory: both are one ring.
    assertThat(
            shell.run(
                sealed.out(),
                Shell.arguments(
                    "unprotect", Recorded.directory("default"), "--app=MyApp", "--purpose=p")))
        .isEqualTo(new Shell.Result(0, "hello\n", ""));
    long items = raw(commands -> commands.llen(list));
    assertThat(items).isEqualTo(1);
  }

  private List<String> ring() {
    return List.of("--redis", redis.server().url(), "--redis-key", list);
  }

  private static <T> T raw(Function<RedisCommands<String, String>, T> work) {
    RedisClient client = RedisClient.create(redis.server().uri());
    try {
      return work.apply(client.connect().sync());
    } finally {
      client.shutdown();
    }
  }
}
