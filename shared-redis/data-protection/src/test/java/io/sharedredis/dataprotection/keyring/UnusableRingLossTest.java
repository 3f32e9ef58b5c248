package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import io.sharedredis.dataprotection.repository.RestoreOutcome;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A store that loses everything after a replica read a ring it could not use: what was revoked
 * stays revoked, what was wiped stays wiped.
 */
class UnusableRingLossTest {
  /** Why the replica is left without a key to protect with. */
  enum Why {
    READER,
    WRITES_REFUSED,
    WRAPPING_AWAY
  }

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryKeyRepository store = new InMemoryKeyRepository();
  private final KeyRingAssembly operator =
      replica(DataProtectionOptions.builder().autoGenerateKeys(false), store);

  /** Set while a new key cannot be wrapped. */
  private boolean wrappingAway;

  private KeyRingAssembly replica(DataProtectionOptions.Builder options, KeyRepository repository) {
    return KeyRingAssembly.of(
        options.build(), repository, now::get, new SecureRandom(), Runnable::run);
  }

  private Key firstKey() {
    return replica(DataProtectionOptions.builder(), store).ring().current().defaultKey();
  }

  private KeyRingAssembly without(Why why) {
    DataProtectionOptions.Builder options = DataProtectionOptions.builder();
    return switch (why) {
      case READER -> replica(options.autoGenerateKeys(false), store);
      case WRITES_REFUSED -> replica(options, new Refusing(store, () -> {}));
      case WRAPPING_AWAY -> {
        wrappingAway = true;
        yield replica(options.addEscrowSink(this::escrow), store);
      }
    };
  }

  private void escrow(String key) {
    if (wrappingAway) {
      throw new StoreUnavailableException("the vault is away", null);
    }
  }

  @ParameterizedTest
  @EnumSource(Why.class)
  void revocationIsInTheRingThatIsWrittenBack(Why why) {
    Key key = firstKey();
    KeyRingAssembly replica = without(why);
    replica.ring().current();
    operator.keys().revoke(key.id(), "stolen");
    List<KeyItem> before = store.readAll().items();
    assertThat(before).hasSize(2);
    look(replica);
    assertThat(replica.ring().find(key.id()).orElseThrow().isRevoked()).isTrue();
    store.loseEverything();
    look(replica);
    assertThat(store.readAll().items()).isEqualTo(before);
    assertThat(replica.ring().find(key.id()).orElseThrow().isRevoked()).isTrue();
    assertThat(operator.keys().read()).hasSize(1).allMatch(Key::isRevoked);
  }

  @ParameterizedTest
  @EnumSource(Why.class)
  void ringWipedOnPurposeStaysWipedAndNothingOfItIsUsed(Why why) {
    Key key = firstKey();
    KeyRingAssembly replica = without(why);
    replica.ring().current();
    operator.keys().reset();
    for (int i = 0; i < 3; i++) {
      look(replica);
      assertThat(replica.ring().find(key.id())).isEmpty();
      assertThat(replica.ring().current().keys()).isEmpty();
      assertThat(replica.ring().current().defaultKey().isRevoked()).isTrue();
    }
    store.loseEverything();
    for (int i = 0; i < 3; i++) {
      look(replica);
      assertThat(store.readAll().items()).isEmpty();
      assertThat(replica.ring().find(key.id())).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Why.class)
  void replicaIsAtWorkAgainOnceTheResetRingHasAKey(Why why) {
    firstKey();
    KeyRingAssembly replica = without(why);
    replica.ring().current();
    operator.keys().reset();
    look(replica);
    Key fresh = operator.keys().create(KeyActivation.NOW, Duration.ofDays(30));
    look(replica);
    assertThat(replica.ring().current().defaultKey().id()).isEqualTo(fresh.id());
    assertThat(replica.ring().current().keys()).extracting(Key::id).containsExactly(fresh.id());
  }

  @ParameterizedTest
  @EnumSource(Why.class)
  void resetIsObeyedThoughWhatCameAfterItCannotBeRead(Why why) {
    Key key = firstKey();
    KeyRingAssembly replica = without(why);
    replica.ring().current();
    store.reset("mark-1");
    store.store(new KeyItem("<revocation version=\"1\" />", "revocation-x"));
    assertThatThrownBy(() -> replica.ring().refresh()).isInstanceOf(DataProtectionException.class);
    assertThat(replica.ring().find(key.id())).isEmpty();
    store.loseEverything();
    look(replica);
    assertThat(replica.ring().find(key.id())).isEmpty();
    assertThat(store.readAll().items()).noneMatch(item -> item.xml().contains("" + key.id()));
  }

  @Test
  void revocationThatIsReadJustBeforeTheLossIsWrittenBack() {
    Key key = firstKey();
    AtomicBoolean lost = new AtomicBoolean();
    Refusing losing =
        new Refusing(
            store,
            () -> {
              if (lost.compareAndSet(false, true)) {
                store.loseEverything();
              }
            });
    KeyRingAssembly replica = replica(DataProtectionOptions.builder(), losing);
    replica.ring().current();
    operator.keys().revoke(key.id(), "stolen");
    List<KeyItem> before = store.readAll().items();
    // One load: reads the revocation, is about to store a key, and reads an empty store.
    assertThatThrownBy(() -> replica.ring().refresh()).isInstanceOf(DataProtectionException.class);
    look(replica);
    assertThat(store.readAll().items()).isEqualTo(before);
    assertThat(operator.keys().read()).hasSize(1).allMatch(Key::isRevoked);
  }

  /** Past every pause after failures. */
  private void look(KeyRingAssembly replica) {
    now.set(now.get().plus(Duration.ofMinutes(3)));
    replica.ring().keepUp();
  }

  /**
   * A store that takes a lost ring back, but no new key.
   *
   * @param instead what happens where a new key is to be stored
   */
  private record Refusing(KeyRepository inner, Runnable instead) implements KeyRepository {
    @Override
    public RepositorySnapshot readAll() {
      return inner.readAll();
    }

    @Override
    public void store(KeyItem item) {
      throw new StoreUnavailableException("READONLY", null);
    }

    @Override
    public boolean storeNewDefault(KeyItem item, String expectedVersion) {
      String before = inner.readAll().version();
      instead.run();
      if (inner.mayHaveChangedSince(before)) {
        return false;
      }
      throw new StoreUnavailableException("READONLY", null);
    }

    @Override
    public RestoreOutcome restore(List<KeyItem> items, String resetMark) {
      return inner.restore(items, resetMark);
    }

    @Override
    public boolean mayHaveChangedSince(String version) {
      return inner.mayHaveChangedSince(version);
    }

    @Override
    public String describe() {
      return "a store under test";
    }
  }
}
