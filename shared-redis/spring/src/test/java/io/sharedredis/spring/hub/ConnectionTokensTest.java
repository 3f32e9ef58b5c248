package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.spring.hub.ConnectionTokens.Grant;
import io.sharedredis.testkit.MutableClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectionTokensTest {
  private static final Duration LIFETIME = Duration.ofSeconds(15);
  private final ConnectionIds ids = new ConnectionIds();
  private final MutableClock clock = MutableClock.at("2026-11-22T10:00:00Z");
  private final ConnectionTokens replicaA = replica();
  private final ConnectionTokens replicaB = replica();

  /** A replica with the farm's protector, here one that only encodes. */
  private ConnectionTokens replica() {
    return new ProtectedConnectionTokens(
        text -> "P" + Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)),
        token ->
            token.startsWith("P")
                ? new String(
                    Base64.getUrlDecoder().decode(token.substring(1)), StandardCharsets.UTF_8)
                : null,
        LIFETIME,
        clock);
  }

  @Test
  void tokenOfOneReplicaIsAcceptedByAnother() {
    String id = ids.next();
    String other = ids.next();
    assertThat(replicaB.redeem("/hub", replicaA.issue("/hub", id)))
        .isEqualTo(new Grant(id, true, false));
    assertThat(replicaB.redeem("/hub", replicaA.issue("/hub", other, true)))
        .isEqualTo(new Grant(other, true, true));
  }

  @Test
  void tokenIsGoodOnceForItsHubAndForAShortTime() {
    String id = ids.next();
    String token = replicaA.issue("/hub", id);
    assertThat(replicaB.redeem("/other", token)).isNull();
    assertThat(replicaB.redeem("/hub", token)).isEqualTo(new Grant(id, true, false));
    assertThat(replicaB.redeem("/hub", token)).isNull();
    String late = replicaA.issue("/hub", ids.next());
    clock.advance(LIFETIME.plusSeconds(1));
    assertThat(replicaB.redeem("/hub", late)).isNull();
  }

  @Test
  void whatThisFarmDidNotMakeIsNoToken() {
    assertThat(replicaA.redeem("/hub", "forged")).isNull();
    assertThat(replicaA.redeem("/hub", "P")).isNull();
    assertThat(replicaA.redeem("/hub", "x".repeat(100_000))).isNull();
  }

  @Test
  void localTokenIsGoodOnceAndForAShortTime() {
    AtomicLong nanos = new AtomicLong();
    LocalConnectionTokens tokens = new LocalConnectionTokens(ids, LIFETIME, nanos::get);
    String id = ids.next();
    String token = tokens.issue("/hub", id);
    assertThat(token).isNotEqualTo(id);
    assertThat(tokens.redeem("/hub", token)).isEqualTo(new Grant(id, true, false));
    assertThat(tokens.redeem("/hub", token)).isNull();
    String late = tokens.issue("/hub", id);
    nanos.addAndGet(LIFETIME.toNanos() + 1);
    assertThat(tokens.redeem("/hub", late)).isNull();
  }
}
