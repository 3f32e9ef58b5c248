package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.dataprotection.RedisKeyRepository;
import io.sharedredis.testkit.RedisExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Rings in a real Redis. */
class RedisRingIT {
  @RegisterExtension static final RedisExtension redis = new RedisExtension();

  @TempDir private Path directory;

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

  @Test
  void itemWithByteOrderMarkIsFatalAsInDotNet() {
    raw(commands -> commands.rpush(list, "\uFEFF" + Recorded.items("default").get(0)));
    Shell.Result verified = Shell.now().run("", Shell.arguments("keyring", "verify", ring()));
    assertThat(verified.exit()).isEqualTo(1);
    assertThat(verified.out()).contains("FATAL");
  }

  @Test
  void ringTravelsThroughADirectoryByteForByte() {
    List<String> items = new ArrayList<>(Recorded.items("revoked-all"));
    items.addAll(Recorded.items("certificate-rsa2048"));
    // Written by hand, in a layout that .NET's files do not have.
    items.add(
        "<revocation version='1'>\n <revocationDate>2025-01-01T00:00:00Z</revocationDate> <key id='*'/></revocation>");
    raw(commands -> commands.rpush(list, items.toArray(String[]::new)));
    Shell shell = Shell.now();
    Shell.Result exported =
        shell.run("", Shell.arguments("keyring", "export", directory.resolve("e"), ring()));
    assertThat(exported.exit()).isZero();
    assertThat(exported.err()).contains("unencrypted");
    Shell.Result reset = shell.run("", Shell.arguments("keyring", "reset", "--yes", ring()));
    assertThat(reset.line()).isEqualTo(String.valueOf(items.size()));
    long left = raw(commands -> commands.exists(list));
    assertThat(left).isZero();
    // The mark stays: no replica writes its copy back.
    String mark = raw(commands -> commands.hget(notes(), "reset-mark"));
    assertThat(mark).isNotEmpty();
    Shell.Result imported =
        shell.run("", Shell.arguments("keyring", "import", directory.resolve("e"), ring()));
    assertThat(imported.line()).isEqualTo(String.valueOf(items.size()));
    List<String> back = raw(commands -> commands.lrange(list, 0, -1));
    assertThat(back).isEqualTo(items);
    // Again, beside a key that came meanwhile: nothing twice.
    raw(commands -> commands.lrem(list, 0, items.get(0)));
    raw(commands -> commands.rpush(list, Recorded.items("default").get(0)));
    assertThat(
            shell
                .run("", Shell.arguments("keyring", "import", directory.resolve("e"), ring()))
                .line())
        .isEqualTo("1");
    List<String> merged = raw(commands -> commands.lrange(list, 0, -1));
    assertThat(merged).doesNotHaveDuplicates().hasSize(items.size() + 1).containsAll(items);
  }

  @Test
  void runningReplicaObeysACommandWithinASecond() {
    raw(commands -> commands.rpush(list, Recorded.items("default").toArray(String[]::new)));
    String id = Recorded.ring("default").get("keys").get(0).get("id").asString();
    try (RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
        RedisKeyRepository repository =
            new RedisKeyRepository(
                network, RedisAddress.parse("test", redis.server().url()), list)) {
      await().until(repository.link()::connected);
      try (DataProtection replica =
          DataProtection.open(DataProtectionOptions.builder().build(), repository)) {
        String payload = replica.protector("p").protect("secret");
        Shell.Result revoked =
            Shell.now().run("", Shell.arguments("keyring", "revoke", id, "--reason=test", ring()));
        assertThat(revoked.exit()).isZero();
        await()
            .atMost(Duration.ofSeconds(1))
            .untilAsserted(
                () ->
                    assertThatThrownBy(() -> replica.protector("p").unprotect(payload))
                        .hasMessageContaining("is revoked"));
      }
    }
  }

  @Test
  void keyIsMadeOnceWhileAnotherProtects() {
    Shell shell = Shell.now();
    JsonNode first = shell.run("", Shell.arguments("keyring", "create", "--json", ring())).json();
    JsonNode second = shell.run("", Shell.arguments("keyring", "create", "--json", ring())).json();
    assertThat(
            Duration.between(
                Instant.parse(first.get("activation").asString()),
                Instant.parse(second.get("activation").asString())))
        .isBetween(Duration.ofHours(48), Duration.ofHours(49));
    long items = raw(commands -> commands.llen(list));
    assertThat(items).isEqualTo(2);
  }

  @Test
  void keyThatIsNoListIsAnErrorOfOneLine() {
    raw(commands -> commands.set(list, "text"));
    Shell.Result listed = Shell.now().run("", Shell.arguments("keyring", "list", ring()));
    assertThat(listed.exit()).isEqualTo(1);
    assertThat(listed.err()).contains("WRONGTYPE").contains(list);
    assertThat(listed.err().lines()).hasSize(1);
  }

  private String notes() {
    return "shared-redis:_:ring:{" + list + "}:notes";
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
