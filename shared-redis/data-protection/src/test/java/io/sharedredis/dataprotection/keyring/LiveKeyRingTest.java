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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What a replica does while its store changes, fails, or loses the ring. */
class LiveKeyRingTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final InMemoryKeyRepository stored = new InMemoryKeyRepository();
  private final Faulty store = new Faulty(stored);
  private final Queue<Runnable> background = new ArrayDeque<>();
  private final KeyRingAssembly replica = replica(DataProtectionOptions.builder());

  private KeyRingAssembly replica(DataProtectionOptions.Builder options) {
    return KeyRingAssembly.of(
        options.build(), store, now::get, new SecureRandom(), background::add);
  }

  private void runBackground() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  @Test
  void storeThatIsAwayAtTheStartNeverLeadsToAKey() {
    store.away = true;
    assertThatThrownBy(() -> replica.ring().current())
        .isInstanceOf(StoreUnavailableException.class);
    store.away = false;
    assertThat(stored.readAll().items()).isEmpty();
    assertThat(replica.ring().current().keys()).hasSize(1);
  }

  @Test
  void callersWhoWaitForAStoreThatIsAwayFailTogetherNotInTurn() throws Exception {
    store.away = true;
    store.slow = new CountDownLatch(1);
    int callers = 16;
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    try {
      CountDownLatch begun = new CountDownLatch(callers);
      List<Future<?>> waiting = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        waiting.add(
            pool.submit(
                () -> {
                  begun.countDown();
                  return replica.ring().current();
                }));
      }
      begun.await();
      while (!store.reading.get()) {
        Thread.onSpinWait();
      }
      store.slow.countDown();
      for (Future<?> each : waiting) {
        assertThatThrownBy(each::get).hasRootCauseInstanceOf(StoreUnavailableException.class);
      }
      // Those who came before the failure shared it; a straggler may have asked once more.
      assertThat(store.reads.get()).isLessThan(callers);
      assertThat(replica.counters().failedRefreshes()).isEqualTo(store.reads.get());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void operatorOfARingThatCannotProtectSeesAndChangesIt() {
    Key made = replica.ring().current().defaultKey();
    KeyRingAssembly operator = replica(DataProtectionOptions.builder().autoGenerateKeys(false));
    operator.keys().revoke(made.id(), "gone");
    assertThat(operator.keys().read()).hasSize(1).allMatch(Key::isRevoked);
    assertThatThrownBy(() -> operator.keys().ring()).hasMessageContaining("autoGenerateKeys");
    assertThatThrownBy(() -> operator.keys().delete(key -> true))
        .hasMessageContaining("reset the ring instead");
    Key fresh = operator.keys().create(now.get(), now.get().plus(Duration.ofDays(30)));
    assertThat(operator.keys().ring().defaultKey().id()).isEqualTo(fresh.id());
    assertThat(operator.keys().delete(key -> true)).isEqualTo(1);
    assertThat(operator.keys().read()).extracting(Key::id).containsExactly(fresh.id());
  }

  @Test
  void emptyRingIsSeenWithoutMakingAKey() {
    assertThat(replica.keys().read()).isEmpty();
    assertThat(stored.readAll().items()).isEmpty();
  }

  @Test
  void whatHappensIsCounted() {
    Key made = replica.ring().current().defaultKey();
    assertThat(replica.counters().refreshes()).isEqualTo(1);
    replica.ring().find(UUID.randomUUID());
    assertThat(replica.counters().unknownKeys()).isEqualTo(1);
    assertThat(made.stateAt(now.get())).isEqualTo(KeyState.ACTIVE);
    assertThat(made.stateAt(now.get().minusSeconds(1))).isEqualTo(KeyState.CREATED);
    assertThat(made.stateAt(made.expiration())).isEqualTo(KeyState.EXPIRED);
    replica.keys().revoke(made.id(), null);
    assertThat(replica.ring().find(made.id()).orElseThrow().stateAt(now.get()))
        .isEqualTo(KeyState.REVOKED);
  }

  @Test
  void ringOutlivesAStoreThatIsAwayAndIsTriedAgainLater() {
    KeyRing ring = replica.ring().current();
    store.away = true;
    now.set(ring.freshUntil().plusSeconds(1));
    assertThat(replica.ring().current().defaultKey().id()).isEqualTo(ring.defaultKey().id());
    runBackground();
    int reads = store.reads.get();
    assertThat(replica.ring().current().defaultKey().id()).isEqualTo(ring.defaultKey().id());
    runBackground();
    assertThat(store.reads).hasValue(reads);
    store.away = false;
    now.set(now.get().plus(Duration.ofMinutes(3)));
    replica.ring().current();
    runBackground();
    assertThat(store.reads).hasValue(reads + 1);
  }

  @Test
  void callersOfAnOldRingDoNotWait() {
    KeyRing ring = replica.ring().current();
    int reads = store.reads.get();
    now.set(ring.freshUntil().plusSeconds(1));
    for (int i = 0; i < 5; i++) {
      replica.ring().current();
    }
    assertThat(store.reads).hasValue(reads);
    assertThat(background).hasSize(1);
    runBackground();
    assertThat(store.reads).hasValue(reads + 1);
  }

  @Test
  void ringThatReadsEmptyIsWrittenBackByteForByteNotReplaced() {
    KeyRing ring = replica.ring().current();
    replica.keys().revoke(UUID.randomUUID(), "somebody else's");
    List<KeyItem> before = stored.readAll().items();
    stored.loseEverything();
    assertThat(replica.ring().refresh().defaultKey().id()).isEqualTo(ring.defaultKey().id());
    assertThat(stored.readAll().items()).isEqualTo(before);
  }

  @Test
  void ringThatCannotBeWrittenBackIsKeptAndNotReplaced() {
    KeyRing ring = replica.ring().current();
    stored.loseEverything();
    store.restores = false;
    assertThatThrownBy(() -> replica.ring().refresh())
        .isInstanceOf(DataProtectionException.class)
        .hasMessageContaining("lost");
    assertThat(stored.readAll().items()).isEmpty();
    assertThat(replica.ring().current().defaultKey().id()).isEqualTo(ring.defaultKey().id());
  }

  @Test
  void ringWipedOnPurposeIsReplacedNotWrittenBack() {
    KeyRing ring = replica.ring().current();
    KeyRingAssembly other = replica(DataProtectionOptions.builder());
    other.ring().current();
    other.keys().reset();
    KeyRing fresh = replica.ring().refresh();
    assertThat(fresh.find(ring.defaultKey().id())).isEmpty();
    assertThat(stored.readAll().items()).hasSize(1);
  }

  @Test
  void brokenRevocationAbortsTheReadAndKeepsTheOldRing() {
    KeyRing ring = replica.ring().current();
    stored.store(new KeyItem("<revocation version=\"1\" />", "revocation-x"));
    assertThatThrownBy(() -> replica.ring().refresh())
        .isInstanceOf(DataProtectionException.class)
        .hasMessageContaining("item 2 of 2");
    assertThat(replica.ring().current()).isSameAs(ring);
  }

  @Test
  void unknownIdsOfAStrangerReachTheStoreOnlySoOften() {
    replica.ring().current();
    int reads = store.reads.get();
    for (int i = 0; i < 1_000; i++) {
      assertThat(replica.ring().find(UUID.randomUUID())).isEmpty();
    }
    assertThat(store.reads.get() - reads).isEqualTo(20);
    now.set(now.get().plusSeconds(1));
    for (int i = 0; i < 1_000; i++) {
      replica.ring().find(UUID.randomUUID());
    }
    assertThat(store.reads.get() - reads).isEqualTo(30);
  }

  @Test
  void unknownIdIsNotLookedForAgainSoon() {
    replica.ring().current();
    UUID id = UUID.randomUUID();
    replica.ring().find(id);
    int reads = store.reads.get();
    replica.ring().find(id);
    assertThat(store.reads).hasValue(reads);
    now.set(now.get().plusSeconds(11));
    replica.ring().find(id);
    assertThat(store.reads).hasValue(reads + 1);
  }

  @Test
  void keyOfAnotherReplicaIsFoundAtAnyTime() {
    replica.ring().current();
    KeyRingAssembly other = replica(DataProtectionOptions.builder());
    now.set(now.get().plus(Duration.ofSeconds(30)));
    Key made = other.keys().create(now.get(), now.get().plus(Duration.ofDays(30)));
    assertThat(replica.ring().find(made.id())).isPresent();
  }

  @Test
  void callersThatMissTheSameKeyShareReads() throws Exception {
    replica.ring().current();
    KeyRingAssembly other = replica(DataProtectionOptions.builder());
    Key made = other.keys().create(now.get(), now.get().plus(Duration.ofDays(30)));
    int reads = store.reads.get();
    int callers = 16;
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    try {
      store.slow = new CountDownLatch(1);
      CyclicBarrier together = new CyclicBarrier(callers + 1);
      List<Future<Boolean>> found = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        found.add(
            pool.submit(
                () -> {
                  together.await();
                  return replica.ring().find(made.id()).isPresent();
                }));
      }
      together.await();
      store.slow.countDown();
      for (Future<Boolean> each : found) {
        assertThat(each.get()).isTrue();
      }
      assertThat(store.reads.get() - reads).isLessThanOrEqualTo(3);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void replicasThatStartAtOnceOnAnEmptyRingAgreeOnOneKey() throws Exception {
    int replicas = 16;
    ExecutorService pool = Executors.newFixedThreadPool(replicas);
    try {
      for (int round = 0; round < 50; round++) {
        InMemoryKeyRepository shared = new InMemoryKeyRepository();
        CyclicBarrier together = new CyclicBarrier(replicas);
        List<Future<UUID>> defaults = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
          KeyRingAssembly one =
              KeyRingAssembly.of(
                  DataProtectionOptions.builder().build(),
                  shared,
                  now::get,
                  new SecureRandom(),
                  Runnable::run);
          defaults.add(
              pool.submit(
                  () -> {
                    together.await();
                    return one.ring().current().defaultKey().id();
                  }));
        }
        List<UUID> ids = new ArrayList<>();
        for (Future<UUID> each : defaults) {
          ids.add(each.get());
        }
        assertThat(ids).containsOnly(ids.get(0));
        assertThat(shared.readAll().items()).hasSize(1);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void ringOfAThousandKeysIsReadAgainWithoutOpeningThem() {
    replica.ring().current();
    for (int i = 0; i < 1_000; i++) {
      replica
          .keys()
          .create(now.get().plus(Duration.ofDays(3)), now.get().plus(Duration.ofDays(90)));
      if (i == 0) {
        store.reads.set(0);
      }
    }
    long best = Long.MAX_VALUE;
    for (int i = 0; i < 20; i++) {
      long start = System.nanoTime();
      assertThat(replica.ring().refresh().keys()).hasSize(1_001);
      best = Math.min(best, System.nanoTime() - start);
    }
    assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(50));
  }

  @Test
  void changeThatNobodyAnnouncedIsNoticedAtTheNextLook() {
    Key key = replica.ring().current().defaultKey();
    replica(DataProtectionOptions.builder()).keys().revoke(key.id(), "unheard");
    assertThat(replica.ring().find(key.id()).orElseThrow().isRevoked()).isFalse();
    replica.ring().keepUp();
    assertThat(replica.ring().find(key.id()).orElseThrow().isRevoked()).isTrue();
  }

  @Test
  void looksAtAStoreWithoutChangesReadNothing() {
    replica.ring().current();
    int reads = store.reads.get();
    for (int i = 0; i < 10; i++) {
      now.set(now.get().plus(LiveKeyRing.LOOK));
      replica.ring().keepUp();
    }
    assertThat(store.reads).hasValue(reads);
    assertThat(store.questions).hasValue(10);
  }

  @Test
  void changeMadeWhileTheStoreWasAwayIsNoticedAtTheFirstLookAfterIt() {
    Key key = replica.ring().current().defaultKey();
    store.away = true;
    for (int i = 0; i < 100; i++) {
      now.set(now.get().plus(LiveKeyRing.LOOK));
      replica.ring().keepUp();
    }
    stored.store(
        new KeyItem(KeyElements.revocation(key.id(), now.get(), "meanwhile"), "revocation-x"));
    store.away = false;
    replica.ring().keepUp();
    assertThat(replica.ring().find(key.id()).orElseThrow().isRevoked()).isTrue();
  }

  @Test
  void ringThatCannotBeUsedIsReadAgainSeldomAndUsedOnceItIsMended() {
    replica.ring().current();
    KeyItem broken = new KeyItem("<revocation version=\"1\" />", "revocation-x");
    stored.store(broken);
    int reads = store.reads.get();
    for (int i = 0; i < 240; i++) {
      now.set(now.get().plus(LiveKeyRing.LOOK));
      replica.ring().keepUp();
    }
    assertThat(store.reads.get() - reads).isBetween(7, 10);
    stored.delete(List.of(broken));
    now.set(now.get().plus(Duration.ofMinutes(1)));
    replica.ring().keepUp();
    int mended = store.reads.get();
    replica.ring().keepUp();
    assertThat(store.reads).hasValue(mended);
  }

  @Test
  void storeThatTakesNoNewKeyLeavesTheRingAtWorkAndItsRevocationsInForce() {
    KeyRing ring = replica.ring().current();
    Key other = replica(DataProtectionOptions.builder()).keys().create();
    Instant end = ring.defaultKey().expiration();
    stored.store(
        new KeyItem(KeyElements.revocation(other.id(), now.get(), "stolen"), "revocation-x"));
    store.writes = false;
    now.set(end.minus(Duration.ofHours(60)));
    replica.ring().keepUp();
    assertThat(replica.ring().find(other.id()).orElseThrow().isRevoked()).isTrue();
    assertThat(replica.ring().current().defaultKey().id()).isEqualTo(ring.defaultKey().id());
    // Past its end the old key is better than none.
    now.set(end.plusSeconds(1));
    replica.ring().keepUp();
    assertThat(replica.ring().current().defaultKey().id()).isEqualTo(ring.defaultKey().id());
    assertThat(stored.readAll().items()).hasSize(3);
    store.writes = true;
    now.set(now.get().plus(Duration.ofMinutes(3)));
    replica.ring().keepUp();
    assertThat(stored.readAll().items()).hasSize(4);
    assertThat(replica.ring().current().defaultKey().expiration()).isAfter(end);
  }

  @Test
  void storeThatRefusesWritesIsNotAskedAtEveryLook() {
    KeyRing ring = replica.ring().current();
    stored.store(
        new KeyItem(
            KeyElements.revocation(ring.defaultKey().id(), now.get(), "stolen"), "revocation-x"));
    store.writes = false;
    int reads = store.reads.get();
    for (int i = 0; i < 120; i++) {
      now.set(now.get().plus(LiveKeyRing.LOOK));
      replica.ring().keepUp();
    }
    assertThat(store.reads.get() - reads).isBetween(10, 18);
    assertThat(replica.ring().find(ring.defaultKey().id()).orElseThrow().isRevoked()).isTrue();
    store.writes = true;
    now.set(now.get().plusSeconds(5));
    replica.ring().keepUp();
    assertThat(replica.ring().current().defaultKey().isRevoked()).isFalse();
  }

  @Test
  void revocationOfAllKeysToComeMakesNoKeyAfterAnother() {
    replica.ring().current();
    replica.keys().revokeAllCreatedBefore(now.get().plus(Duration.ofHours(1)), "all of them");
    for (int i = 0; i < 20; i++) {
      now.set(now.get().plus(Duration.ofMinutes(2)));
      replica.ring().keepUp();
    }
    assertThat(stored.readAll().items()).hasSize(2);
    now.set(now.get().plus(Duration.ofHours(1)));
    replica.ring().keepUp();
    assertThat(replica.ring().current().defaultKey().isRevoked()).isFalse();
    assertThat(stored.readAll().items()).hasSize(3);
  }

  @Test
  void firstLookLoadsTheRingWithoutAnybodyAsking() {
    store.away = true;
    replica.ring().keepUp();
    assertThat(replica.ring().loaded()).isEmpty();
    store.away = false;
    replica.ring().keepUp();
    assertThat(replica.ring().loaded()).isPresent();
  }

  /** A store that can be away, slow, or unable to restore. */
  private static final class Faulty implements KeyRepository {
    private final KeyRepository inner;
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger questions = new AtomicInteger();
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile boolean away;
    private volatile boolean writes = true;
    private volatile boolean restores = true;
    private volatile CountDownLatch slow = new CountDownLatch(0);

    Faulty(KeyRepository inner) {
      this.inner = inner;
    }

    @Override
    public RepositorySnapshot readAll() {
      reads.incrementAndGet();
      reading.set(true);
      check();
      return inner.readAll();
    }

    @Override
    public void store(KeyItem item) {
      check();
      inner.store(item);
    }

    @Override
    public boolean storeNewDefault(KeyItem item, String expectedVersion) {
      check();
      if (!writes) {
        throw new StoreUnavailableException("READONLY", null);
      }
      return inner.storeNewDefault(item, expectedVersion);
    }

    @Override
    public RestoreOutcome restore(List<KeyItem> items, String resetMark) {
      return restores ? inner.restore(items, resetMark) : RestoreOutcome.UNSUPPORTED;
    }

    @Override
    public boolean mayHaveChangedSince(String version) {
      questions.incrementAndGet();
      check();
      return inner.mayHaveChangedSince(version);
    }

    @Override
    public boolean canDelete() {
      return true;
    }

    @Override
    public void delete(List<KeyItem> items) {
      inner.delete(items);
    }

    @Override
    public void reset(String mark) {
      inner.reset(mark);
    }

    @Override
    public String describe() {
      return "a store under test";
    }

    private void check() {
      try {
        slow.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      if (away) {
        throw new StoreUnavailableException("away", null);
      }
    }
  }
}
