package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisException;
import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.lettuce.hub.ClaimAnswer;
import io.sharedredis.lettuce.hub.ClaimKeeper;
import io.sharedredis.lettuce.hub.ClaimStore;
import io.sharedredis.lettuce.hub.ClaimTimes;
import io.sharedredis.lettuce.hub.ClaimedConnection;
import io.sharedredis.lettuce.hub.InMemoryClaims;
import io.sharedredis.testkit.MutableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ClaimsTest {
  private static final Duration LIFETIME = Duration.ofSeconds(15);
  private final MutableClock clock = MutableClock.at("2026-11-22T10:00:00Z");
  private final ConnectionIds ids = new ConnectionIds();
  private final Unsure store = new Unsure();
  private long nanos = 1;
  private final ClaimKeeper keeper = new ClaimKeeper(store, ClaimTimes.DEFAULT, () -> nanos);
  private final Claims claims = claims();

  private Claims claims() {
    ConnectionTokens tokens =
        new ProtectedConnectionTokens(
            text -> Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)),
            token -> new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8),
            LIFETIME,
            clock);
    return new Claims(
        tokens,
        new LocalConnectionTokens(ids, LIFETIME, System::nanoTime),
        new FarmClaims(store, keeper),
        LIFETIME,
        () -> nanos);
  }

  @Test
  void claimThatRedisMadeButDidNotConfirmIsThisReplicas() {
    String token = claims.issue("/hub", ids.next(), true);
    store.silentFor = 1;
    assertThat(claims.find("/hub", token, true)).isInstanceOf(Found.Here.class);
  }

  @Test
  void connectionThatEndedHereIsNotOpenedAgainWhereRedisHasNotHeardOfItsEnd() {
    String token = claims.issue("/hub", ids.next(), true);
    Found found = claims.find("/hub", token, true);
    assertThat(found).isInstanceOfSatisfying(Found.Here.class, here -> claims.remove(here.claim()));
    assertThat(claims.find("/hub", token, true)).isInstanceOf(Found.Nowhere.class);
    clock.advance(LIFETIME.plusSeconds(1));
    assertThat(claims.find("/hub", token, true)).isInstanceOf(Found.Nowhere.class);
  }

  private Claim claimed(String token) {
    Found found = claims.find("/hub", token, true);
    assertThat(found).isInstanceOf(Found.Here.class);
    return ((Found.Here) found).claim();
  }

  private void passes(Duration time) {
    nanos += time.toNanos();
    claims.scan();
  }

  @Test
  void claimThatNobodyOpensIsGivenUpAndItsTokenIsWorthNothing() {
    String token = claims.issue("/hub", ids.next(), false);
    Claim claim = claimed(token);
    passes(LIFETIME.minusSeconds(1));
    assertThat(claims.claimed(claim.connection())).isSameAs(claim);
    assertThat(keeper.size()).isEqualTo(1);
    passes(Duration.ofSeconds(2));
    assertThat(claims.claimed(claim.connection())).isNull();
    assertThat(keeper.size()).isZero();
    assertThat(store.ended).containsExactly(claim.connection());
    assertThat(claims.find("/hub", token, true)).isInstanceOf(Found.Nowhere.class);
  }

  @Test
  void claimWhoseWebSocketNeverComesEndsAndOneWhoseCameStays() {
    Claim never = claimed(claims.issue("/hub", ids.next(), false));
    Claim came = claimed(claims.issue("/hub", ids.next(), false));
    assertThat(never.open("WebSockets")).isTrue();
    assertThat(came.open("WebSockets")).isTrue();
    came.begun();
    passes(Duration.ofSeconds(1));
    assertThat(claims.claimed(never.connection())).isSameAs(never);
    for (int second = 0; second < 60; second++) {
      passes(Duration.ofSeconds(1));
    }
    assertThat(claims.claimed(never.connection())).isNull();
    assertThat(claims.claimed(came.connection())).isSameAs(came);
    assertThat(keeper.size()).isEqualTo(1);
  }

  /** Does what it is asked for and does not always say so; hears of no end. */
  private static final class Unsure implements ClaimStore {
    private final ClaimStore memory =
        new InMemoryClaims(new InMemoryClaims.SharedMemory(), "server");
    private final List<ClaimedConnection> ended = new ArrayList<>();
    private int silentFor;

    @Override
    public ClaimAnswer claim(ClaimedConnection connection, Right right) {
      ClaimAnswer answer = memory.claim(connection, right);
      if (silentFor-- > 0) {
        throw new RedisException("no answer in time");
      }
      return answer;
    }

    @Override
    public CompletionStage<Void> end(ClaimedConnection connection) {
      ended.add(connection);
      return CompletableFuture.failedFuture(new RedisException("away"));
    }

    @Override
    public void reserve(String connectionId, String hubPath) {
      memory.reserve(connectionId, hubPath);
    }

    @Override
    public boolean takeOver(ClaimedConnection connection, String from) {
      return memory.takeOver(connection, from);
    }

    @Override
    public CompletionStage<Boolean> keep(ClaimedConnection connection) {
      return memory.keep(connection);
    }

    @Override
    public void onReturn(Runnable listener) {}

    @Override
    public void close() {}
  }
}
