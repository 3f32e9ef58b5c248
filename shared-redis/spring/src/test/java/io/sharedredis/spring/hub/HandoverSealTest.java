package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.lettuce.hub.ClaimedConnection;
import io.sharedredis.spring.hub.HandoverSeal.Kind;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandoverSealTest {
  private static final byte[] PLAIN = "state".getBytes(StandardCharsets.UTF_8);
  private static final ClaimedConnection CONNECTION =
      new ClaimedConnection("A".repeat(22), 1, "/hub");
  private static final String EXCHANGE = "E".repeat(22);

  private final MutableClock clock = MutableClock.at("2026-11-22T10:00:00Z");
  private final DataProtection farm =
      new DataProtection(
          DataProtectionOptions.builder().build(),
          new InMemoryKeyRepository(),
          clock,
          new SecureRandom(),
          new ManualScheduler(clock));
  private final DataProtection otherFarm = DataProtection.ephemeral();
  private final HandoverSeal owner = new HandoverSeal(farm);
  private final HandoverSeal taker = new HandoverSeal(farm);

  @AfterEach
  void stop() {
    farm.close();
    otherFarm.close();
  }

  @Test
  void whatTheOwnerSealsOpensAtTheTakerInThatExchange() {
    for (Kind kind : Kind.values()) {
      byte[] sealed = owner.seal(kind, CONNECTION, EXCHANGE, PLAIN);
      assertThat(taker.open(kind, CONNECTION, EXCHANGE, sealed)).isEqualTo(PLAIN);
    }
  }

  @Test
  void whatWasCapturedOpensForNothingElse() {
    byte[] sealed = owner.seal(Kind.CONNECTION, CONNECTION, EXCHANGE, PLAIN);
    String later = "F".repeat(22);
    assertThat(taker.open(Kind.CONNECTION, CONNECTION, later, sealed)).isNull();
    assertThat(taker.open(Kind.OFFER, CONNECTION, EXCHANGE, sealed)).isNull();
    ClaimedConnection other = new ClaimedConnection("B".repeat(22), 1, "/hub");
    assertThat(taker.open(Kind.CONNECTION, other, EXCHANGE, sealed)).isNull();
    ClaimedConnection elsewhere = new ClaimedConnection("A".repeat(22), 1, "/other");
    assertThat(taker.open(Kind.CONNECTION, elsewhere, EXCHANGE, sealed)).isNull();
    assertThat(new HandoverSeal(otherFarm).open(Kind.CONNECTION, CONNECTION, EXCHANGE, sealed))
        .isNull();
    sealed[sealed.length / 2] ^= 1;
    assertThat(taker.open(Kind.CONNECTION, CONNECTION, EXCHANGE, sealed)).isNull();
    assertThat(taker.open(Kind.CONNECTION, CONNECTION, EXCHANGE, new byte[0])).isNull();
  }

  @Test
  void whatWasCapturedOpensForAShortTimeOnly() {
    byte[] sealed = owner.seal(Kind.OFFER, CONNECTION, EXCHANGE, PLAIN);
    clock.advance(Duration.ofSeconds(36));
    assertThat(taker.open(Kind.OFFER, CONNECTION, EXCHANGE, sealed)).isNull();
  }
}
