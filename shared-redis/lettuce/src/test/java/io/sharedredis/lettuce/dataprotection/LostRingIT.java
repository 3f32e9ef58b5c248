package io.sharedredis.lettuce.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.keyring.EntryAuthentication;
import io.sharedredis.dataprotection.repository.FileSystemKeyRepository;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.MirroredKeyRepository;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.FaultyProxy;
import io.sharedredis.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A Redis that comes back without the ring, or without its last changes. */
class LostRingIT {
  private static final Duration HEALED = Duration.ofSeconds(15);
  private static final RingKeys RING = RingKeys.of("ring");

  private final RedisServer server = RedisServer.startOwn();
  private final FaultyProxy proxy = FaultyProxy.to(server);
  private final RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
  private final List<AutoCloseable> open = new ArrayList<>();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.sharedredis.dataprotection");
  private RedisClient client;
  private RedisCommands<String, String> raw;

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
    client = RedisClient.create(server.uri());
    raw = client.connect().sync();
  }

  @AfterEach
  void close() throws Exception {
    logger.detachAppender(logged);
    for (AutoCloseable one : open) {
      one.close();
    }
    network.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    proxy.close();
    server.close();
  }

  @Test
  void ringIsBackByteForByteWithTagsAndRevocationsAfterARestartWithoutData() throws Exception {
    DataProtection one = replica(authenticated(), redis());
    String payload = one.protector("p").protect("secret");
    one.keyManager().create();
    one.keyManager().revoke(UUID.randomUUID(), "größer < kleiner 😀");
    List<String> before = raw.lrange("ring", 0, -1);
    Map<String, String> tags = raw.hgetall(RING.tags());
    assertThat(before).hasSize(3);
    assertThat(tags).hasSize(3);
    server.restartEmpty();
    Awaitility.await()
        .atMost(HEALED)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(raw.lrange("ring", 0, -1)).isEqualTo(before));
    assertThat(raw.hgetall(RING.tags())).isEqualTo(tags);
    assertThat(one.protector("p").unprotect(payload)).isEqualTo("secret");
    assertThat(alarms()).isNotEmpty();
  }

  @Test
  void ringComesBackBesideTheKeyThatDotNetStoredFirstAndEachIdIsThereOnce() throws Exception {
    DataProtection one = replica(plain(), redis());
    DataProtection two = replica(plain(), redis());
    String payload = one.protector("p").protect("secret");
    assertThat(two.protector("p").unprotect(payload)).isEqualTo("secret");
    String lost = raw.lrange("ring", 0, -1).get(0);
    String theirs = keyOfDotNet();
    // Nobody of us sees the list empty.
    raw.multi();
    raw.del(RING.keys());
    raw.rpush("ring", theirs);
    raw.exec();
    Awaitility.await()
        .atMost(HEALED)
        .untilAsserted(() -> assertThat(raw.lrange("ring", 0, -1)).containsExactly(theirs, lost));
    for (DataProtection each : List.of(one, two)) {
      assertThat(each.keyManager().refresh().keys()).hasSize(2);
      assertThat(each.protector("p").unprotect(payload)).isEqualTo("secret");
    }
    assertThat(raw.llen("ring")).isEqualTo(2);
    assertThat(alarms()).isNotEmpty();
  }

  @Test
  void revocationThatAFailoverLostIsWrittenBack() throws Exception {
    DataProtection one = replica(plain(), redis());
    one.keyManager().ring();
    one.keyManager().revoke(UUID.randomUUID(), "known to the primary only");
    List<String> before = raw.lrange("ring", 0, -1);
    // What a replica that lagged behind by one change holds.
    raw.multi();
    raw.rpop("ring");
    raw.hincrby(RING.notes(), "changes", -1);
    raw.exec();
    Awaitility.await()
        .atMost(HEALED)
        .untilAsserted(() -> assertThat(raw.lrange("ring", 0, -1)).isEqualTo(before));
  }

  @Test
  void tagsThatRedisEvictedAreGivenBackAndNoKeyIsMade() throws Exception {
    DataProtection one = replica(authenticated(), redis());
    String payload = one.protector("p").protect("secret");
    Map<String, String> tags = raw.hgetall(RING.tags());
    raw.del(RING.tags(), RING.notes());
    Awaitility.await()
        .atMost(HEALED)
        .untilAsserted(() -> assertThat(raw.hgetall(RING.tags())).isEqualTo(tags));
    assertThat(one.protector("p").unprotect(payload)).isEqualTo("secret");
    assertThat(raw.llen("ring")).isEqualTo(1);
  }

  @Test
  void elementThatSomebodyRemovedByHandStaysAway() throws Exception {
    DataProtection one = replica(plain(), redis());
    one.keyManager().ring();
    one.keyManager().create();
    String unwanted = raw.lrange("ring", 0, -1).get(1);
    raw.lrem("ring", 0, unwanted);
    Awaitility.await()
        .atMost(HEALED)
        .until(() -> one.keyManager().loadedRing().orElseThrow().keys().size() == 1);
    assertThat(one.keyManager().refresh().keys()).hasSize(1);
    assertThat(raw.llen("ring")).isEqualTo(1);
  }

  @Test
  void ringWipedOnPurposeStaysWipedForAReplicaThatWasAwayMeanwhile() throws Exception {
    DataProtection away = replica(plain(), repository(proxy.redisUrl()));
    UUID old = away.keyManager().ring().defaultKey().id();
    DataProtection operator = replica(plain(), redis());
    proxy.cut();
    operator.keyManager().reset();
    UUID fresh = operator.keyManager().ring().defaultKey().id();
    proxy.heal();
    Awaitility.await()
        .atMost(HEALED)
        .until(() -> away.keyManager().loadedRing().orElseThrow().find(fresh).isPresent());
    assertThat(away.keyManager().loadedRing().orElseThrow().find(old)).isEmpty();
    assertThat(raw.llen("ring")).isEqualTo(1);
  }

  @Test
  void keyRevokedWhileNobodyMakesKeysIsStillRevokedAfterARestartWithoutData() throws Exception {
    DataProtection maker = replica(plain(), redis());
    String payload = maker.protector("p").protect("secret");
    UUID stolen = maker.keyManager().ring().defaultKey().id();
    maker.close();
    DataProtection reader = replica(readOnly(), redis());
    assertThat(reader.protector("p").unprotect(payload)).isEqualTo("secret");
    reader.keyManager().revoke(stolen, "stolen");
    List<String> before = raw.lrange("ring", 0, -1);
    assertThat(before).hasSize(2);
    server.restartEmpty();
    Awaitility.await()
        .atMost(HEALED)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(raw.lrange("ring", 0, -1)).isEqualTo(before));
    assertThatThrownBy(() -> reader.protector("p").unprotect(payload))
        .hasMessageContaining("revoked");
  }

  @Test
  void ringWipedWhileNobodyMakesKeysStaysWipedAfterARestartWithoutData() throws Exception {
    DataProtection maker = replica(plain(), redis());
    String payload = maker.protector("p").protect("secret");
    maker.close();
    DataProtection reader = replica(readOnly(), redis());
    assertThat(reader.protector("p").unprotect(payload)).isEqualTo("secret");
    reader.keyManager().reset();
    assertThatThrownBy(() -> reader.protector("p").protect("x")).hasMessageContaining("reset");
    server.restartEmpty();
    Awaitility.await()
        .atMost(HEALED)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(raw.ping()).isEqualTo("PONG"));
    Awaitility.await()
        .during(Duration.ofSeconds(2))
        .atMost(HEALED)
        .ignoreExceptions()
        .until(() -> raw.exists("ring") == 0);
    assertThatThrownBy(() -> reader.protector("p").unprotect(payload))
        .hasMessageContaining("is not in the key ring");
  }

  @Test
  void resetThatAFailoverUndidIsDoneAgainAndTheLeakedKeyStaysAway() throws Exception {
    DataProtection one = replica(authenticated(), redis());
    String forged = one.protector("p").protect("under the leaked key");
    String leaked = raw.lrange("ring", 0, -1).get(0);
    Map<String, String> tags = raw.hgetall(RING.tags());
    Map<String, String> notes = raw.hgetall(RING.notes());
    one.keyManager().reset();
    String payload = one.protector("p").protect("secret");
    List<String> after = raw.lrange("ring", 0, -1);
    String mark = raw.hget(RING.notes(), "reset-mark");
    laggingReplicaIsPromoted(leaked, tags, notes);
    Awaitility.await()
        .atMost(HEALED)
        .untilAsserted(() -> assertThat(raw.lrange("ring", 0, -1)).isEqualTo(after));
    assertThat(raw.hget(RING.notes(), "reset-mark")).isEqualTo(mark);
    assertThat(raw.hgetall(RING.tags())).hasSize(1).isNotEqualTo(tags);
    assertThat(one.protector("p").unprotect(payload)).isEqualTo("secret");
    assertThatThrownBy(() -> one.protector("p").unprotect(forged))
        .isInstanceOf(DataProtectionException.class);
    assertThat(alarms()).anyMatch(text -> text.contains("forgotten that it was reset"));
  }

  @Test
  void resetThatAFailoverUndidIsDoneAgainFromTheMirror(@TempDir Path directory) throws Exception {
    KeyRepository mirror = new FileSystemKeyRepository(directory);
    String leaked;
    String fresh;
    Map<String, String> notes;
    try (RedisKeyRepository before = redis();
        DataProtection last =
            DataProtection.open(plain(), new MirroredKeyRepository(before, mirror))) {
      last.keyManager().ring();
      leaked = raw.lrange("ring", 0, -1).get(0);
      notes = raw.hgetall(RING.notes());
      last.keyManager().reset();
      last.keyManager().ring();
      fresh = raw.lrange("ring", 0, -1).get(0);
    }
    laggingReplicaIsPromoted(leaked, Map.of(), notes);
    DataProtection first = replica(plain(), new MirroredKeyRepository(redis(), mirror));
    assertThat(first.keyManager().ring().keys()).hasSize(1);
    assertThat(raw.lrange("ring", 0, -1)).containsExactly(fresh).doesNotContain(leaked);
    assertThat(mirror.readAll().items()).hasSize(1);
  }

  private void laggingReplicaIsPromoted(
      String element, Map<String, String> tags, Map<String, String> notes) {
    raw.multi();
    raw.del(RING.keys());
    raw.rpush("ring", element);
    raw.hset(RING.notes(), notes);
    if (!tags.isEmpty()) {
      raw.hset(RING.tags(), tags);
    }
    raw.exec();
  }

  @Test
  void farmThatWasRestartedTogetherWithItsRedisGetsTheRingFromTheMirror(@TempDir Path directory)
      throws Exception {
    String payload;
    KeyRepository mirror = new FileSystemKeyRepository(directory);
    try (RedisKeyRepository before = redis();
        DataProtection last =
            DataProtection.open(plain(), new MirroredKeyRepository(before, mirror))) {
      payload = last.protector("p").protect("secret");
    }
    String lost = raw.lrange("ring", 0, -1).get(0);
    String theirs = keyOfDotNet();
    raw.del(RING.keys());
    raw.rpush("ring", theirs);
    DataProtection first = replica(plain(), new MirroredKeyRepository(redis(), mirror));
    assertThat(first.protector("p").unprotect(payload)).isEqualTo("secret");
    assertThat(raw.lrange("ring", 0, -1)).containsExactly(theirs, lost);
  }

  private List<String> alarms() {
    return logged.list.stream()
        .filter(event -> event.getLevel() == Level.ERROR)
        .map(ILoggingEvent::getFormattedMessage)
        .filter(text -> text.startsWith("ALARM"))
        .toList();
  }

  /** An element as a replica of ASP.NET Core appends it, of a key that is active at once. */
  private static String keyOfDotNet() {
    InMemoryKeyRepository aside = new InMemoryKeyRepository();
    try (DataProtection other = DataProtection.open(plain(), aside)) {
      other.keyManager().ring();
    }
    return aside.readAll().items().get(0).xml();
  }

  private static DataProtectionOptions plain() {
    return DataProtectionOptions.builder().build();
  }

  private static DataProtectionOptions readOnly() {
    return DataProtectionOptions.builder().autoGenerateKeys(false).build();
  }

  private static DataProtectionOptions authenticated() {
    return DataProtectionOptions.builder()
        .entryAuthentication(new EntryAuthentication(new byte[32]))
        .build();
  }

  private DataProtection replica(DataProtectionOptions options, KeyRepository repository) {
    DataProtection protection = DataProtection.open(options, repository);
    open.add(0, protection);
    return protection;
  }

  private RedisKeyRepository redis() throws Exception {
    return repository(server.url());
  }

  private RedisKeyRepository repository(String url) throws Exception {
    RedisKeyRepository repository =
        new RedisKeyRepository(network, RedisAddress.parse("test", url), "ring");
    open.add(repository);
    repository.firstConnected().get(5, TimeUnit.SECONDS);
    return repository;
  }
}
