package io.sharedredis.lettuce.presence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.Range;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.lettuce.SharedTestRedis;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.presence.PresenceQuery.What;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource
class RedisPresenceIT extends PresenceStoreContract {

  @Parameter SharedTestRedis redis;

  private static RedisNetwork network;
  private static RedisPresence presence;

  @BeforeParameterizedClassInvocation
  static void open(SharedTestRedis redis) throws Exception {
    redis.start();
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    presence =
        new RedisPresence(
            network,
            RedisAddress.parse("test", redis.url()),
            "shop",
            new PresenceTimes(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(1)));
    await().atMost(Duration.ofSeconds(20)).until(() -> answers(presence));
  }

  private static boolean answers(RedisPresence presence) {
    return presence
        .of("first")
        .count(PresenceQuery.all(What.CONNECTIONS))
        .handle((tally, failure) -> failure == null)
        .toCompletableFuture()
        .join();
  }

  @AfterParameterizedClassInvocation
  static void close() {
    presence.close();
    network.close();
  }

  @Override
  PresenceStore store(String hub) {
    return presence.of(hub);
  }

  /** The document's block of keys is what the scripts write, today and for ever. */
  @Test
  void examplesOfTheDocumentAreWhatIsWritten() throws Exception {
    PresenceStore chat = presence.of("Shop.ChatHub");
    RedisClient client = RedisClient.create(redis.holding("{Shop.ChatHub}"));
    try {
      RedisCommands<String, String> text = client.connect().sync();
      RedisCommands<byte[], byte[]> bytes = client.connect(ByteArrayCodec.INSTANCE).sync();
      String prefix = "shared-redis:shop:presence:{Shop.ChatHub}:";
      text.keys(prefix + "*").forEach(text::del);
      assertThat(done(chat.enter("a"))).isZero();
      assertThat(
              done(
                  chat.write("a", 1, List.of(entry("AAAA", "alice", "room"), entry("BBBB", null)))))
          .isTrue();
      assertThat(done(chat.beat("a", true, 0, 0, true)).known()).isTrue();

      List<String> found = new ArrayList<>();
      for (String key : text.keys(prefix + "*").stream().sorted().toList()) {
        found.add(key + " " + content(text, bytes, key));
      }
      String document = Files.readString(Path.of("../../docs/formats/hub-presence.md"));
      assertThat(
              document
                  .lines()
                  .filter(line -> line.startsWith(prefix))
                  .map(line -> line.replaceAll(" +", " ")))
          .containsExactlyElementsOf(found);
    } finally {
      client.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }

  private static String content(
      RedisCommands<String, String> text, RedisCommands<byte[], byte[]> bytes, String key) {
    return switch (text.type(key)) {
      case "zset" ->
          key.endsWith(":leases")
              ? "zset a=<end of the lease>"
              : "zset " + String.join(" ", text.zrange(key, 0, -1));
      case "stream" ->
          "stream "
              + text.xrange(key, Range.unbounded()).stream()
                  .map(entry -> new TreeMap<>(entry.getBody()).toString())
                  .collect(Collectors.joining(" "));
      default ->
          "hash "
              + new TreeMap<>(text.hgetall(key))
                  .keySet().stream()
                      .map(
                          field ->
                              field
                                  + "="
                                  + (key.endsWith(":records")
                                      ? HexFormat.of()
                                          .formatHex(
                                              bytes.hget(
                                                  key.getBytes(UTF_8), field.getBytes(UTF_8)))
                                      : text.hget(key, field)))
                      .collect(Collectors.joining(" "));
    };
  }

  /** A replica of today reads what one of an earlier version has recorded. */
  @Test
  void recordedConnectionOfTheDocumentIsRead() {
    enter("old", "b");
    write("old", entry("CCCC", "carol", "room"));
    RedisClient client = RedisClient.create(redis.holding("{" + hub() + "}"));
    try {
      RedisCommands<byte[], byte[]> commands = client.connect(ByteArrayCodec.INSTANCE).sync();
      String prefix = "shared-redis:shop:presence:{" + hub() + "}:of:old:records";
      var unused =
          commands.hset(
              prefix.getBytes(UTF_8),
              "CCCC".getBytes(UTF_8),
              HexFormat.of().parseHex("92a62b6361726f6ca4726f6f6d"));
      write("old", gone("CCCC"));
      assertThat(count(What.GROUP, "room")).isZero();
      assertThat(count(What.USER, "carol")).isZero();
    } finally {
      client.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void everyKeyEndsByItselfAndLiesInTheSlotOfItsHub() {
    enter("a", "b");
    write("a", entry("c1", "ann", "g"));
    write("b", entry("c1", "ann", "g"));
    done(store(hub()).leave("a"));
    assertThat(done(store(hub()).beat("b", true, 0, 0, true)).dead()).isEqualTo("a");
    RedisClient client = RedisClient.create(redis.holding("{" + hub() + "}"));
    try {
      RedisCommands<String, String> commands = client.connect().sync();
      List<String> keys = commands.keys("*{" + hub() + "}*");
      assertThat(keys).hasSizeGreaterThan(12);
      assertThat(keys)
          .allMatch(key -> key.startsWith("shared-redis:shop:presence:{" + hub() + "}:"));
      assertThat(keys).allMatch(key -> commands.ttl(key) > 0);
    } finally {
      client.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }
}
