package io.sharedredis.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.FileSystemKeyRepository;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.SessionStoreOptions;
import io.sharedredis.lettuce.session.SessionWrite;
import io.sharedredis.testkit.RedisExtension;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sessions as a replica keeps them, seen and ended from the command line. */
class RedisSessionsIT {
  @RegisterExtension static final RedisExtension redis = new RedisExtension();

  private static final String APP = "cli-sessions";
  private static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");

  @TempDir private static Path ring;

  private static RedisNetwork network;
  private static RedisLink<byte[], byte[]> link;
  private static DataProtection protection;
  private static RedisSessionStore store;

  @BeforeAll
  static void start() throws Exception {
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    link =
        new RedisLink<>(
            network,
            "sessions",
            RedisAddress.parse("test", redis.server().url()),
            ByteArrayCodec.INSTANCE);
    link.firstConnected().get(10, TimeUnit.SECONDS);
    protection =
        DataProtection.open(
            DataProtectionOptions.builder().applicationName(APP).build(),
            new FileSystemKeyRepository(ring));
    store =
        new RedisSessionStore(link, SessionStoreOptions.of(APP), protection, new SecureRandom());
  }

  @AfterAll
  static void stop() {
    link.close();
    network.close();
    protection.close();
  }

  @BeforeEach
  void nobodyIsSignedIn() {
    for (String user : List.of("alice", "bob")) {
      store.endAll(user, "", io.sharedredis.lettuce.session.EndReason.REVOKED);
    }
  }

  @Test
  void sessionsOfAUserAreListedWithTheirPlacesWhereTheRingIsNamed() {
    SessionId id =
        signIn("alice", "{\"device\":\"Fire\\nfox\",\"address\":\"10.0.0.7\",\"replica\":\"one\"}");
    signIn("bob", "{}");
    Shell.Result plain = list("--user", "alice", "--directory", ring);
    assertThat(plain.exit()).as(plain.err()).isZero();
    assertThat(plain.lines()).hasSize(2);
    assertThat(plain.lines().get(1))
        .contains(id.internal(), "2026-11-22T10:00:00Z", "one", "10.0.0.7", "Fire fox");
    assertThat(plain.out()).doesNotContain(id.text());
    JsonNode json = list("--user", "alice", "--directory", ring, "--json").json();
    assertThat(json.get("count").asInt()).isEqualTo(1);
    assertThat(json.get("user").asString()).isEqualTo("alice");
    JsonNode session = json.get("sessions").get(0);
    assertThat(session.get("id").asString()).isEqualTo(id.internal());
    assertThat(session.get("created").asString()).isEqualTo(CREATED.toString());
    assertThat(session.get("timeout_seconds").asInt()).isEqualTo(1800);
    assertThat(session.get("attributes").get(0).asString()).isEqualTo("cart");
    assertThat(session.get("bytes").asInt()).isPositive();
    assertThat(session.get("place").toString())
        .isEqualTo("{\"device\":\"Fire\\nfox\",\"address\":\"10.0.0.7\",\"replica\":\"one\"}");
  }

  @Test
  void deviceSaysNothingToTheTerminal() {
    String device = "a\u009b31mb\u001b[2Jc\u202ed\u2028e\u2029f\u200bg";
    String details = JsonMapper.shared().writeValueAsString(Map.of("device", device));
    SessionId unused = signIn("alice", details);
    Shell.Result plain = list("--user", "alice", "--directory", ring);
    assertThat(plain.exit()).as(plain.err()).isZero();
    assertThat(plain.lines().get(1)).endsWith("a 31mb [2Jc d e f g");
  }

  @Test
  void withoutTheRingThereIsLessToSee() {
    SessionId id = signIn("alice", "{\"device\":\"Firefox\"}");
    Shell.Result plain = list("--user", "alice");
    assertThat(plain.exit()).isZero();
    assertThat(plain.out()).contains(id.internal()).doesNotContain("Firefox");
    assertThat(plain.err()).contains("--ring-redis");
    JsonNode json = list("--user", "alice", "--json").json();
    assertThat(json.get("sessions").get(0).get("place").isNull()).isTrue();
    JsonNode all = list("--json").json();
    assertThat(all.get("application").asString()).isEqualTo(APP);
    assertThat(all.get("count").asLong()).isPositive();
    assertThat(list("--user", "nobody", "--json").json().get("sessions")).isEmpty();
  }

  @Test
  void manySessionsAreListedPageByPage() {
    for (int i = 0; i < 5; i++) {
      signIn("alice", "{}");
    }
    Shell.Result first = list("--user", "alice", "--count", 2);
    assertThat(first.lines()).hasSize(3);
    assertThat(first.err()).contains("5 sessions in all; the next ones with --from 2");
    Shell.Result last = list("--user", "alice", "--count", 2, "--from", 4);
    assertThat(last.lines()).hasSize(2);
    assertThat(last.err()).doesNotContain("in all");
  }

  @Test
  void oneSessionEndsAndTheOthersStay() {
    SessionId mine = signIn("alice", "{}");
    SessionId other = signIn("alice", "{}");
    assertThat(end("--id", other.internal(), "--user", "bob").exit()).isEqualTo(1);
    assertThat(store.load(other)).isPresent();
    Shell.Result ended = end("--id", other.internal(), "--json");
    assertThat(ended.exit()).isZero();
    assertThat(ended.json().get("ended").get(0).asString()).isEqualTo(other.internal());
    assertThat(store.load(other)).isEmpty();
    assertThat(store.load(mine)).isPresent();
    Shell.Result again = end("--id", other.internal());
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err()).contains("no session " + other.internal());
  }

  @Test
  void allSessionsOfAUserEnd() {
    SessionId one = signIn("alice", "{}");
    SessionId two = signIn("alice", "{}");
    SessionId others = signIn("bob", "{}");
    Shell.Result ended = end("--all-of", "alice");
    assertThat(ended.exit()).isZero();
    assertThat(ended.lines()).containsExactlyInAnyOrder(one.internal(), two.internal());
    assertThat(ended.err()).contains("ended 2 sessions");
    assertThat(store.load(one)).isEmpty();
    assertThat(store.load(others)).isPresent();
    assertThat(end("--all-of", "alice").err()).contains("ended 0 sessions");
  }

  @Test
  void redisThatIsNotThereIsOneLine() {
    Shell.Result result =
        Shell.now().run("", "sessions", "list", "--redis", "redis://localhost:1", "--app", APP);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("no connection to Redis at redis://localhost:1");
  }

  private static SessionId signIn(String user, String details) {
    SessionId id = store.newId();
    store.create(
        id,
        CREATED,
        SessionWrite.of(Map.of("cart", "mug".getBytes(UTF_8)), Set.of())
            .withTimeout(Duration.ofMinutes(30))
            .withOwner(new SessionWrite.Owner.User(user))
            .withDetails(details.getBytes(UTF_8)));
    return id;
  }

  private static Shell.Result list(Object... more) {
    return sessions("list", more);
  }

  private static Shell.Result end(Object... more) {
    return sessions("end", more);
  }

  private static Shell.Result sessions(String command, Object... more) {
    List<String> arguments =
        Shell.arguments("sessions", command, "--redis", redis.server().url(), "--app", APP);
    arguments.addAll(Shell.arguments(more));
    return Shell.now().run("", arguments);
  }
}
