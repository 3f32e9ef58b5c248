package io.sharedredis.lettuce.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import io.sharedredis.lettuce.hub.ClaimAnswer.Elsewhere;
import io.sharedredis.lettuce.hub.ClaimAnswer.Made;
import io.sharedredis.lettuce.hub.ClaimStore.Right;
import io.sharedredis.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisClaimsIT extends ClaimStoreContract {
  private static final Path DOCUMENT = Path.of("../../docs/formats/hub-claims.md");
  private static final Pattern EXAMPLE = Pattern.compile("(?m)^(shared-redis:\\S+) +(\\S.*)$");

  private static RedisServer redis;
  private static RedisNetwork network;
  private static RedisClaims a;
  private static RedisClaims b;
  private static RedisClient client;
  private static StatefulRedisConnection<String, String> observer;

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    a = replica("a");
    b = replica("b");
    client = RedisClient.create(redis.uri());
    observer = client.connect();
  }

  private static RedisClaims replica(String server) {
    RedisAddress address = RedisAddress.parse("test", redis.url());
    RedisClaims claims =
        new RedisClaims(network, address, "shop", server, ClaimTimes.DEFAULT, System::nanoTime);
    await().until(() -> connected(claims));
    return claims;
  }

  private static boolean connected(RedisClaims claims) {
    try {
      return claims.claim(connection(1), Right.FRESH_TOKEN) instanceof Made;
    } catch (RedisUnavailableException e) {
      return false;
    }
  }

  @AfterAll
  static void stop() {
    observer.close();
    client.shutdown();
    a.close();
    b.close();
    network.close();
    redis.close();
  }

  @Override
  ClaimStore a() {
    return a;
  }

  @Override
  ClaimStore b() {
    return b;
  }

  @Test
  void everyKeyOfOneConnectionExpiresAndLiesInOneSlot() {
    RedisCommands<String, String> look = observer.sync();
    ClaimedConnection old = connection(0);
    a.reserve(old.connectionId(), old.hubPath());
    assertThat(look.pttl("shared-redis:shop:hub:{" + old.connectionId() + "}:reserved"))
        .isBetween(1L, 15_000L);
    assertThat(a.claim(old, Right.RESERVATION)).isEqualTo(new Made());
    String claim = "shared-redis:shop:hub:{" + old.connectionId() + "}:claim";
    assertThat(look.pttl(claim)).isBetween(290_000L, 300_000L);
    a.end(old).toCompletableFuture().join();
    assertThat(look.pttl(claim)).isBetween(1L, 20_000L);
  }

  @Test
  void examplesOfTheDocumentAreWhatIsWritten() throws IOException {
    ClaimedConnection fresh = new ClaimedConnection("A".repeat(22), 1, "/hub/chat");
    ClaimedConnection old = new ClaimedConnection("B".repeat(22), 0, "/hub/chat");
    ClaimedConnection ended = new ClaimedConnection("C".repeat(22), 1, "/hub/chat");
    assertThat(a.claim(fresh, Right.FRESH_TOKEN)).isEqualTo(new Made());
    a.reserve(old.connectionId(), old.hubPath());
    assertThat(a.claim(ended, Right.FRESH_TOKEN)).isEqualTo(new Made());
    a.end(ended).toCompletableFuture().join();
    List<String> examples = new ArrayList<>();
    Matcher matcher = EXAMPLE.matcher(Files.readString(DOCUMENT));
    while (matcher.find()) {
      examples.add(matcher.group(1));
      assertThat(observer.sync().get(matcher.group(1)))
          .as(matcher.group(1))
          .isEqualTo(matcher.group(2));
    }
    assertThat(examples).hasSize(3);
  }

  @Test
  void claimsThatRedisForgotOrNeverHeardOfAreRecordedWhenItIsBack() {
    try (RedisServer other = RedisServer.startOwn()) {
      RedisAddress address = RedisAddress.parse("test", other.url());
      RedisClaims mine =
          new RedisClaims(network, address, "shop", "mine", ClaimTimes.DEFAULT, System::nanoTime);
      RedisClaims theirs =
          new RedisClaims(network, address, "shop", "theirs", ClaimTimes.DEFAULT, System::nanoTime);
      await().until(() -> connected(mine) && connected(theirs));
      AtomicLong nanos = new AtomicLong();
      ClaimKeeper keeper = new ClaimKeeper(mine, ClaimTimes.DEFAULT, nanos::get);
      assertThat(mine.claim(connection, Right.FRESH_TOKEN)).isEqualTo(new Made());
      keeper.made(connection);
      other.kill();
      ClaimedConnection later = connection(1);
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> mine.claim(later, Right.FRESH_TOKEN))
                      .isInstanceOf(RedisUnavailableException.class));
      keeper.accepted(later);
      other.startAgainEmpty();
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptionsInstanceOf(RedisUnavailableException.class)
          .untilAsserted(
              () -> {
                // A token that is still fresh takes nothing from an owner that Redis has forgotten.
                for (ClaimedConnection each : List.of(connection, later)) {
                  assertThat(theirs.claim(each, Right.FRESH_TOKEN))
                      .isEqualTo(new Elsewhere("mine"));
                }
              });
      mine.close();
      theirs.close();
    }
  }
}
