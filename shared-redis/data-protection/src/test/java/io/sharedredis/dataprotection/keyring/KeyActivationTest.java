package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** From when a new key protects, on a ring that replicas of ASP.NET Core may share. */
class KeyActivationTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration LIFETIME = Duration.ofDays(30);

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final InMemoryKeyRepository store = new InMemoryKeyRepository();
  private final KeyRingAssembly replica = replica(true);
  private final KeyRingAssembly operator = replica(false);
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(getClass().getPackageName());
  private Level usual;

  private KeyRingAssembly replica(boolean generates) {
    return KeyRingAssembly.of(
        DataProtectionOptions.builder().autoGenerateKeys(generates).build(),
        store,
        now::get,
        new SecureRandom(),
        Runnable::run);
  }

  @BeforeEach
  void listen() {
    usual = logger.getLevel();
    logger.setLevel(Level.WARN);
    logger.setAdditive(false);
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(logged);
    logger.setLevel(usual);
    logger.setAdditive(true);
  }

  private List<String> warnings() {
    return logged.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void keyMadeWhileAnotherProtectsIsActivatedAfter48Hours() {
    Key first = replica.ring().current().defaultKey();
    Key made = operator.keys().create(KeyActivation.WHEN_KNOWN_EVERYWHERE, LIFETIME);
    assertThat(made.activation()).isEqualTo(START.plus(Duration.ofHours(48)));
    assertThat(made.expiration()).isEqualTo(made.activation().plus(LIFETIME));
    assertThat(replica.ring().refresh().defaultKey().id()).isEqualTo(first.id());
    now.set(made.activation());
    assertThat(replica.ring().refresh().defaultKey().id()).isEqualTo(made.id());
    assertThat(warnings()).isEmpty();
  }

  @Test
  void keyAskedForNowIsTheDefaultAtOnceAndWarns() {
    replica.ring().current();
    now.set(START.plusSeconds(1));
    Key made = operator.keys().create(KeyActivation.NOW, LIFETIME);
    assertThat(made.activation()).isEqualTo(now.get());
    assertThat(replica.ring().refresh().defaultKey().id()).isEqualTo(made.id());
    assertThat(warnings()).hasSize(1).allMatch(text -> text.contains("ASP.NET Core refuse"));
  }

  @Test
  void keyWithADateSoonerThan48HoursWarns() {
    replica.ring().current();
    operator.keys().create(START.plus(Duration.ofHours(47)), START.plus(LIFETIME));
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void firstKeyOfAnEmptyRingIsActivatedAtOnceAlsoByAnOperatorThatGeneratesNone() {
    Key made = operator.keys().create();
    assertThat(made.activation()).isEqualTo(START);
    assertThat(replica.ring().current().defaultKey().id()).isEqualTo(made.id());
    assertThat(store.readAll().items()).hasSize(1);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void keyAfterTheLastOneWasRevokedIsActivatedAtOnce() {
    Key lost = replica.ring().current().defaultKey();
    operator.keys().revoke(lost.id(), "stolen");
    assertThat(operator.keys().create().activation()).isEqualTo(START);
  }

  @Test
  void keyAfterTheLastOneExpiredIsActivatedAtOnce() {
    now.set(replica.ring().current().defaultKey().expiration());
    assertThat(operator.keys().create().activation()).isEqualTo(now.get());
  }

  @Test
  void lifetimeThatIsNotPositiveIsRefused() {
    assertThatThrownBy(() -> operator.keys().create(KeyActivation.NOW, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lifetime");
    assertThat(store.readAll().items()).isEmpty();
  }

  @Test
  void successorIsKnownToReplicasOfDotNet48HoursBeforeItProtects() {
    // Read once a day, the longest a replica of .NET waits; ours read every minute.
    for (int day = 0; day < 400; day++) {
      now.set(START.plus(Duration.ofDays(day)));
      KeyRing ring = replica.ring().refresh();
      for (Key key : ring.keys()) {
        boolean first = key.creation().equals(START);
        assertThat(first || !key.activation().isBefore(key.creation().plusSeconds(48 * 3600)))
            .as("%s made %s, active %s", key, key.creation(), key.activation())
            .isTrue();
      }
    }
    assertThat(store.readAll().items()).hasSizeBetween(4, 6);
    assertThat(warnings()).isEmpty();
  }

  @Test
  void successorThatComesTooLateForDotNetIsReported() {
    Key first = replica.ring().current().defaultKey();
    now.set(first.expiration().minus(Duration.ofHours(1)));
    KeyRing ring = replica.ring().refresh();
    assertThat(ring.keys()).hasSize(2);
    assertThat(ring.defaultKey().id()).isEqualTo(first.id());
    assertThat(warnings()).hasSize(1).allMatch(text -> text.contains("not read in time"));
  }
}
