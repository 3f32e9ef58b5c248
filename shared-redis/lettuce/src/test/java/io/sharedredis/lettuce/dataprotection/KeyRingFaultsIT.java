package io.sharedredis.lettuce.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Redis fails in the middle of protecting, revoking and rotating. */
class KeyRingFaultsIT {
  /** A command's deadline, twice, on a machine that is busy. */
  private static final Duration PROMPTLY = Duration.ofSeconds(3);

  private static final Duration HEALED = Duration.ofSeconds(15);

  /** What befalls Redis, and what ends it. */
  private enum Fault {
    STALLED(false, RedisServer::pause, RedisServer::resume),
    KILLED(false, RedisServer::kill, RedisServer::startAgain),
    READ_ONLY(
        true,
        server -> raw(server, "REPLICAOF", "127.0.0.1", "1"),
        server -> raw(server, "REPLICAOF", "NO", "ONE")),
    WITHOUT_PERMISSION(
        true,
        server -> raw(server, "ACL", "SETUSER", "default", "-@write"),
        server -> raw(server, "ACL", "SETUSER", "default", "+@all")),
    WITHOUT_REPLICAS(
        true,
        server -> raw(server, "CONFIG", "SET", "min-replicas-to-write", "1"),
        server -> raw(server, "CONFIG", "SET", "min-replicas-to-write", "0")),
    FULL(
        true,
        server -> raw(server, "CONFIG", "SET", "maxmemory", "1"),
        server -> raw(server, "CONFIG", "SET", "maxmemory", "0"));

    private final boolean reads;
    private final Consumer<RedisServer> begins;
    private final Consumer<RedisServer> ends;

    Fault(boolean reads, Consumer<RedisServer> begins, Consumer<RedisServer> ends) {
      this.reads = reads;
      this.begins = begins;
      this.ends = ends;
    }
  }

  private final AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
  private final RedisServer server = RedisServer.start(RedisOptions.defaults().withAppendOnly());
  private final RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    network.close();
    server.close();
  }

  @ParameterizedTest
  @EnumSource
  void ringGoesOnWorkingMakesNoKeyAndHeals(Fault fault) throws Exception {
    DataProtection one = replica(true);
    DataProtection two = replica(true);
    String payload = one.protector("p").protect("secret");
    assertThat(two.protector("p").unprotect(payload)).isEqualTo("secret");
    Key first = one.keyManager().ring().defaultKey();
    String foreign = DataProtection.ephemeral().protector("p").protect("of another ring");

    fault.begins.accept(server);
    protectsAndUnprotects(one, payload);
    failsPromptly(() -> one.keyManager().revoke(UUID.randomUUID(), "cannot be stored"));
    failsPromptly(() -> one.protector("p").unprotect(foreign));
    // A successor is due, and cannot be stored.
    now.set(first.expiration().minus(Duration.ofHours(60)));
    if (fault.reads) {
      assertThat(one.keyManager().refresh().defaultKey().id()).isEqualTo(first.id());
      failsPromptly(() -> one.keyManager().create());
    } else {
      failsPromptly(() -> one.keyManager().refresh());
    }
    protectsAndUnprotects(one, payload);
    protectsAndUnprotects(two, payload);
    assertThat(one.keyManager().loadedRing().orElseThrow().keys()).hasSize(1);

    fault.ends.accept(server);
    // Both miss the successor; the script lets one make it.
    Awaitility.await()
        .atMost(HEALED)
        .ignoreExceptions()
        .until(() -> one.keyManager().refresh().keys().size() == 2);
    two.keyManager().refresh();
    one.keyManager().revoke(first.id(), "healed");
    Awaitility.await()
        .atMost(HEALED)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> two.protector("p").unprotect(payload))
                    .isInstanceOf(DataProtectionException.class));
    assertThat(keys()).doesNotHaveDuplicates();
    assertThat(two.protector("p").unprotect(one.protector("p").protect("after")))
        .isEqualTo("after");
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"READ_ONLY", "FULL"})
  void emptyRingThatCannotBeWrittenLeadsToOneKeyOnceItCan(Fault fault) throws Exception {
    fault.begins.accept(server);
    DataProtection one = replica(true);
    DataProtection two = replica(true);
    failsPromptly(() -> one.protector("p").protect("x"));
    failsPromptly(() -> two.protector("p").protect("x"));
    fault.ends.accept(server);
    Awaitility.await()
        .atMost(HEALED)
        .ignoreExceptions()
        .until(() -> two.protector("p").unprotect(one.protector("p").protect("y")).equals("y"));
    assertThat(keys()).hasSize(1);
  }

  @Test
  void openingARingDoesNotWaitForARedisThatHangs() throws Exception {
    server.pause();
    long begin = System.nanoTime();
    RedisKeyRepository repository =
        new RedisKeyRepository(network, RedisAddress.parse("test", server.url()), "ring");
    open.add(repository);
    DataProtection protection =
        DataProtection.open(DataProtectionOptions.builder().build(), repository);
    open.add(0, protection);
    DataProtector protector = protection.protector("p");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
    failsPromptly(() -> protector.protect("x"));
    server.resume();
    // Nobody asks: the ring is loaded by itself.
    Awaitility.await().atMost(HEALED).until(() -> protection.keyManager().loadedRing().isPresent());
    assertThat(keys()).hasSize(1);
  }

  @Test
  void readerMayOnlyReadAndFollowsTheRotator() throws Exception {
    DataProtection rotator = replica(true);
    String payload = rotator.protector("p").protect("of the rotator");
    raw(server, "ACL", "SETUSER", "reader", "on", ">pass", "~*", "&*", "+@all", "-@write");
    String url = server.url().replace("redis://", "redis://reader:pass@");
    DataProtection reader = replica(url, false);
    assertThat(reader.protector("p").unprotect(payload)).isEqualTo("of the rotator");
    assertThat(rotator.protector("p").unprotect(reader.protector("p").protect("of the reader")))
        .isEqualTo("of the reader");
    failsPromptly(() -> reader.keyManager().revoke(UUID.randomUUID(), "may not"));
    rotator.keyManager().revoke(rotator.keyManager().ring().defaultKey().id(), "gone");
    Awaitility.await()
        .atMost(PROMPTLY)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> reader.protector("p").unprotect(payload))
                    .hasMessageContaining("revoked"));
  }

  private void protectsAndUnprotects(DataProtection replica, String payload) {
    DataProtector protector = replica.protector("p");
    long begin = System.nanoTime();
    for (int i = 0; i < 200; i++) {
      assertThat(protector.unprotect(payload)).isEqualTo("secret");
      assertThat(protector.unprotect(protector.protect("more"))).isEqualTo("more");
    }
    // One deadline of Redis in there would be seen.
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PROMPTLY);
  }

  private static void failsPromptly(Runnable operation) {
    long begin = System.nanoTime();
    assertThatThrownBy(operation::run).isInstanceOf(DataProtectionException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PROMPTLY);
  }

  private DataProtection replica(boolean generates) throws Exception {
    return replica(server.url(), generates);
  }

  private DataProtection replica(String url, boolean generates) throws Exception {
    RedisKeyRepository repository =
        new RedisKeyRepository(network, RedisAddress.parse("test", url), "ring");
    open.add(repository);
    repository.firstConnected().get(5, TimeUnit.SECONDS);
    DataProtection protection =
        new DataProtection(
            DataProtectionOptions.builder().autoGenerateKeys(generates).build(),
            repository,
            now::get,
            new SecureRandom(),
            Executors.newScheduledThreadPool(2));
    open.add(0, protection);
    return protection;
  }

  private List<String> keys() {
    RedisClient client = RedisClient.create(server.uri());
    try {
      return client.connect().sync().lrange("ring", 0, -1).stream()
          .filter(item -> item.startsWith("<key"))
          .toList();
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private static void raw(RedisServer server, String command, String... arguments) {
    RedisClient client = RedisClient.create(server.uri());
    try {
      RedisCommands<String, String> redis = client.connect().sync();
      CommandArgs<String, String> args = new CommandArgs<>(StringCodec.UTF8);
      for (String argument : arguments) {
        args.add(argument);
      }
      String answer =
          redis.dispatch(CommandType.valueOf(command), new StatusOutput<>(StringCodec.UTF8), args);
      assertThat(answer).isEqualTo("OK");
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }
}
