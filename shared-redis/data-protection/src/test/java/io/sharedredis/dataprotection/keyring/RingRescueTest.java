package io.sharedredis.dataprotection.keyring;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A store that lost the ring and was given a new key before anybody could restore it. */
class RingRescueTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryKeyRepository store = new InMemoryKeyRepository();
  private final KeyRingAssembly replica = replica(store);

  private KeyRingAssembly replica(KeyRepository repository) {
    return KeyRingAssembly.of(
        DataProtectionOptions.builder().build(),
        repository,
        now::get,
        new SecureRandom(),
        Runnable::run);
  }

  /** What a replica of ASP.NET Core does with a ring that reads empty: one key, active at once. */
  private UUID dotNetStoresAKey() {
    InMemoryKeyRepository aside = new InMemoryKeyRepository();
    now.set(now.get().plusSeconds(1));
    Key made = replica(aside).ring().current().defaultKey();
    store.store(aside.readAll().items().get(0));
    return made.id();
  }

  private List<UUID> storedIds() {
    return replica(store).keys().read().stream().map(Key::id).toList();
  }

  @Test
  void lostKeysAreWrittenBackBesideTheNewOneAndEachIdOnce() {
    UUID lost = replica.ring().current().defaultKey().id();
    store.loseEverything();
    UUID fresh = dotNetStoresAKey();
    KeyRing ring = replica.ring().refresh();
    assertThat(ring.keys()).extracting(Key::id).containsExactlyInAnyOrder(lost, fresh);
    assertThat(storedIds()).containsExactly(fresh, lost);
    // What .NET decides as well: the newest activation.
    assertThat(ring.defaultKey().id()).isEqualTo(fresh);
    assertThat(replica(store).ring().current().defaultKey().id()).isEqualTo(fresh);
  }

  @Test
  void everyReplicaAddsWhatOnlyItStillKnows() {
    KeyRingAssembly late = replica(store);
    UUID lost = replica.ring().current().defaultKey().id();
    late.ring().current();
    UUID foreign = UUID.randomUUID();
    replica.keys().revoke(foreign, "seen by one replica only");
    replica.keys().revoke(lost, "seen by one replica only");
    store.loseEverything();
    dotNetStoresAKey();
    late.ring().refresh();
    assertThat(late.ring().find(lost).orElseThrow().isRevoked()).isFalse();
    replica.ring().refresh();
    late.ring().refresh();
    assertThat(late.ring().find(lost).orElseThrow().isRevoked()).isTrue();
    assertThat(store.readAll().items()).doesNotHaveDuplicates();
    assertThat(storedIds()).doesNotHaveDuplicates();
  }

  @Test
  void whatWasDeletedOnPurposeIsNotWrittenBack() {
    Key old = replica.ring().current().defaultKey();
    KeyRingAssembly operator = replica(store);
    now.set(now.get().plusSeconds(1));
    operator.keys().create(KeyActivation.NOW, Duration.ofDays(30));
    operator.keys().revoke(old.id(), "stolen");
    replica.ring().refresh();
    assertThat(operator.keys().delete(key -> key.id().equals(old.id()))).isEqualTo(1);
    assertThat(replica.ring().refresh().find(old.id())).isEmpty();
    assertThat(storedIds()).hasSize(1);
  }

  @Test
  void ringWipedOnPurposeStaysWipedThoughANewKeyIsThere() {
    UUID old = replica.ring().current().defaultKey().id();
    store.reset("mark-1");
    UUID fresh = dotNetStoresAKey();
    assertThat(replica.ring().refresh().keys()).extracting(Key::id).containsExactly(fresh);
    assertThat(storedIds()).containsExactly(fresh);
    assertThat(replica.ring().find(old)).isEmpty();
  }

  @Test
  void resetThatAnOldBackupUndidIsDoneAgainAndWhatDotNetStoredSinceStays() {
    replica.ring().current();
    replica.keys().revoke(UUID.randomUUID(), "before the reset");
    List<KeyItem> leaked = store.readAll().items();
    now.set(now.get().plusSeconds(10));
    replica.keys().reset();
    String mark = store.readAll().resetMark();
    UUID made = replica.ring().current().defaultKey().id();
    store.loseEverything();
    leaked.forEach(store::store);
    UUID fresh = dotNetStoresAKey();
    KeyRing ring = replica.ring().refresh();
    assertThat(ring.keys()).extracting(Key::id).containsExactlyInAnyOrder(made, fresh);
    assertThat(storedIds()).containsExactly(fresh, made);
    assertThat(store.readAll().items()).hasSize(2).doesNotContainAnyElementsOf(leaked);
    assertThat(store.readAll().resetMark()).isEqualTo(mark);
  }

  @Test
  void resetOfAReleaseWhoseMarksDoNotTellTheTimeIsDoneAgainToo() {
    replica.ring().current();
    List<KeyItem> leaked = store.readAll().items();
    store.reset(UUID.randomUUID().toString());
    now.set(now.get().plusSeconds(10));
    replica.ring().refresh();
    UUID made = replica.ring().current().defaultKey().id();
    store.loseEverything();
    leaked.forEach(store::store);
    assertThat(replica.ring().refresh().keys()).extracting(Key::id).containsExactly(made);
    assertThat(storedIds()).containsExactly(made);
  }

  @Test
  void laterOfTwoResetsIsDoneAgainWhereTheEarlierOneIsRemembered() {
    replica.ring().current();
    replica.keys().reset();
    RepositorySnapshot between = store.readAll();
    now.set(now.get().plusSeconds(10));
    replica.keys().reset();
    UUID made = replica.ring().current().defaultKey().id();
    store.loseEverything();
    store.reset(between.resetMark());
    between.items().forEach(store::store);
    assertThat(replica.ring().refresh().keys()).extracting(Key::id).containsExactly(made);
    assertThat(storedIds()).containsExactly(made);
  }

  @Test
  void replicaThatMayNotWriteDoesNotUseWhatAResetHadDeleted() {
    KeyRingAssembly reader = replica(new Forgetful(store, false));
    replica.ring().current();
    List<KeyItem> leaked = store.readAll().items();
    now.set(now.get().plusSeconds(10));
    replica.keys().reset();
    UUID made = replica.ring().current().defaultKey().id();
    reader.ring().refresh();
    store.loseEverything();
    leaked.forEach(store::store);
    for (int i = 0; i < 3; i++) {
      assertThat(reader.ring().refresh().keys()).extracting(Key::id).containsExactly(made);
    }
  }

  @Test
  void tagsThatTheStoreDroppedAreGivenBack() {
    KeyRingAssembly authenticated =
        KeyRingAssembly.of(
            DataProtectionOptions.builder()
                .entryAuthentication(new EntryAuthentication(new byte[32]))
                .build(),
            store,
            now::get,
            new SecureRandom(),
            Runnable::run);
    Key key = authenticated.ring().current().defaultKey();
    List<KeyItem> before = store.readAll().items();
    store.attachTags(List.of(new KeyItem(before.get(0).xml(), "", null)));
    assertThat(store.readAll().items().get(0).tag()).isNull();
    assertThat(authenticated.ring().refresh().defaultKey().id()).isEqualTo(key.id());
    assertThat(store.readAll().items()).isEqualTo(before);
  }

  @Test
  void storeThatCanTellNothingOfItsPastIsFilledWhereNothingOfTheRingIsLeft() {
    KeyRingAssembly forgetful = replica(new Forgetful(store, true));
    UUID lost = forgetful.ring().current().defaultKey().id();
    store.loseEverything();
    UUID fresh = dotNetStoresAKey();
    forgetful.ring().refresh();
    assertThat(storedIds()).containsExactly(fresh, lost);
  }

  @Test
  void replicaThatMayNotWriteWorksWithBothUntilAnotherOneHasWrittenBack() {
    UUID lost = replica.ring().current().defaultKey().id();
    KeyRingAssembly reader = replica(new Forgetful(store, false));
    reader.ring().current();
    store.loseEverything();
    UUID fresh = dotNetStoresAKey();
    for (int i = 0; i < 3; i++) {
      assertThat(reader.ring().refresh().keys())
          .extracting(Key::id)
          .containsExactlyInAnyOrder(lost, fresh);
    }
    assertThat(storedIds()).containsExactly(fresh);
    replica.ring().refresh();
    assertThat(storedIds()).containsExactly(fresh, lost);
    assertThat(reader.ring().refresh().keys()).hasSize(2);
  }

  /** A store that tells nothing of its past, or (told) may not be written to. */
  private record Forgetful(KeyRepository inner, boolean writable) implements KeyRepository {
    @Override
    public RepositorySnapshot readAll() {
      RepositorySnapshot read = inner.readAll();
      return writable
          ? new RepositorySnapshot(read.items(), read.version(), read.resetMark())
          : read;
    }

    @Override
    public void store(KeyItem item) {
      inner.store(item);
    }

    @Override
    public boolean storeNewDefault(KeyItem item, String expectedVersion) {
      return inner.storeNewDefault(item, expectedVersion);
    }

    @Override
    public RestoreOutcome merge(List<KeyItem> items, String expectedVersion, String resetMark) {
      if (!writable) {
        throw new StoreUnavailableException("READONLY", null);
      }
      return inner.merge(items, expectedVersion, resetMark);
    }

    @Override
    public String describe() {
      return "a store under test";
    }
  }
}
