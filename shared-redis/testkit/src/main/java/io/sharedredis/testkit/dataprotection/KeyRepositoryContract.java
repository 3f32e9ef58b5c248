package io.sharedredis.testkit.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import io.sharedredis.dataprotection.repository.RestoreOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link KeyRepository} must do. A form of its own extends this class and gives an empty
 * place for each test; two repositories opened by one test look at the same place, as two replicas
 * would.
 */
public abstract class KeyRepositoryContract {
  /** How long a notification may take to arrive. */
  private static final Duration NOTICE = Duration.ofSeconds(5);

  private KeyRepository one;
  private KeyRepository two;

  /** Opens the place of the current test; called twice, the second is another replica's view. */
  protected abstract KeyRepository open() throws Exception;

  /** Loses the content of the place, the reset mark included, as a store that dies would. */
  protected abstract void loseEverything() throws Exception;

  /** Whether a change made through one instance is announced to the other without a poll. */
  protected boolean announcesChanges() {
    return true;
  }

  /** Whether items are read in the order of storing (a directory gives one fixed order instead). */
  protected boolean keepsOrder() {
    return true;
  }

  @BeforeEach
  void openTwoReplicas() throws Exception {
    one = open();
    two = open();
  }

  @Test
  void placeThatWasNeverWrittenIsAnEmptyRing() {
    assertThat(one.readAll().items()).isEmpty();
    assertThat(one.readAll().resetMark()).isEmpty();
    assertThat(one.readAll().version()).isEqualTo(two.readAll().version());
  }

  @Test
  void itemsAreReadOnAnotherReplicaCharacterForCharacter() {
    List<KeyItem> written = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      KeyItem item = i == 3 ? revocation() : key();
      written.add(item);
      one.store(item);
    }
    List<String> texts = written.stream().map(KeyItem::xml).toList();
    assertThat(two.readAll().items())
        .extracting(KeyItem::xml)
        .containsExactlyInAnyOrderElementsOf(texts);
    List<String> expectedOrder =
        keepsOrder() ? texts : one.readAll().items().stream().map(KeyItem::xml).toList();
    assertThat(two.readAll().items()).extracting(KeyItem::xml).isEqualTo(expectedOrder);
  }

  @Test
  void tagsAreKeptBesideTheirItems() {
    KeyItem tagged = new KeyItem(key().xml(), "key-tagged", "dGFnIG9mIHRoZSBpdGVt");
    KeyItem plain = key();
    one.store(tagged);
    one.store(plain);
    assertThat(two.readAll().items())
        .filteredOn(item -> item.xml().equals(tagged.xml()))
        .extracting(KeyItem::tag)
        .containsExactly(tagged.tag());
    assertThat(two.readAll().items())
        .filteredOn(item -> item.xml().equals(plain.xml()))
        .extracting(KeyItem::tag)
        .containsOnlyNulls();
  }

  @Test
  void everyChangeGivesANewVersion() {
    String empty = one.readAll().version();
    KeyItem item = key();
    one.store(item);
    String first = two.readAll().version();
    one.store(revocation());
    String second = two.readAll().version();
    assertThat(List.of(empty, first, second)).doesNotHaveDuplicates();
    assertThat(two.readAll().version()).isEqualTo(second);
  }

  @Test
  void newDefaultIsStoredWhenNothingChanged() {
    KeyItem item = key();
    assertThat(one.storeNewDefault(item, one.readAll().version())).isTrue();
    assertThat(two.readAll().items()).extracting(KeyItem::xml).containsExactly(item.xml());
  }

  @Test
  void newDefaultIsRefusedWhenAnotherReplicaWasQuicker() {
    String seen = one.readAll().version();
    KeyItem quicker = key();
    two.store(quicker);
    assertThat(one.storeNewDefault(key(), seen)).isFalse();
    assertThat(one.readAll().items()).extracting(KeyItem::xml).containsExactly(quicker.xml());
  }

  @Test
  void ofManyReplicasThatStartAtOnceExactlyOneStoresItsKey() throws Exception {
    int replicas = 8;
    ExecutorService pool = Executors.newFixedThreadPool(replicas);
    try {
      CyclicBarrier together = new CyclicBarrier(replicas);
      List<Callable<Boolean>> starts = new ArrayList<>();
      for (int i = 0; i < replicas; i++) {
        KeyRepository replica = open();
        starts.add(
            () -> {
              String seen = replica.readAll().version();
              together.await(10, TimeUnit.SECONDS);
              return replica.storeNewDefault(key(), seen);
            });
      }
      int winners = 0;
      for (Future<Boolean> start : pool.invokeAll(starts)) {
        winners += start.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(1);
      assertThat(one.readAll().items()).hasSize(1);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void lostRingIsRestoredWithItsTags() throws Exception {
    KeyItem key = new KeyItem(key().xml(), "key-" + UUID.randomUUID(), "dGFn");
    KeyItem revocation = revocation();
    one.store(key);
    one.store(revocation);
    List<KeyItem> held = one.readAll().items();
    loseEverything();
    assertThat(one.restore(held, "")).isEqualTo(RestoreOutcome.RESTORED);
    assertThat(two.readAll().items())
        .extracting(KeyItem::xml)
        .containsExactlyInAnyOrder(key.xml(), revocation.xml());
    assertThat(two.readAll().items())
        .filteredOn(item -> item.xml().equals(key.xml()))
        .extracting(KeyItem::tag)
        .containsExactly("dGFn");
  }

  @Test
  void ringThatHoldsAnythingIsNotOverwrittenByARestore() throws Exception {
    one.store(key());
    List<KeyItem> held = one.readAll().items();
    loseEverything();
    KeyItem newcomer = key();
    two.store(newcomer);
    assertThat(one.restore(held, "")).isEqualTo(RestoreOutcome.NOT_EMPTY);
    assertThat(one.readAll().items()).extracting(KeyItem::xml).containsExactly(newcomer.xml());
  }

  @Test
  void ringWipedOnPurposeStaysWiped() {
    one.store(key());
    List<KeyItem> held = one.readAll().items();
    two.reset("mark-1");
    assertThat(one.readAll().items()).isEmpty();
    assertThat(one.readAll().resetMark()).isEqualTo("mark-1");
    assertThat(one.restore(held, "")).isEqualTo(RestoreOutcome.FORBIDDEN);
    assertThat(two.readAll().items()).isEmpty();
  }

  @Test
  void wipedItemsAreNeverReadUnderTheMarkThatWipedThem() throws Exception {
    ExecutorService reader = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 50; round++) {
        String mark = "mark-" + round;
        KeyItem wiped = key();
        one.store(wiped);
        Future<RepositorySnapshot> firstUnderTheMark =
            reader.submit(
                () -> {
                  RepositorySnapshot read = two.readAll();
                  while (!read.resetMark().equals(mark)) {
                    read = two.readAll();
                  }
                  return read;
                });
        if (round % 2 == 0) {
          one.reset(mark);
        } else {
          RestoreOutcome unused = one.replace(List.of(), one.readAll().version(), mark);
        }
        assertThat(firstUnderTheMark.get(10, TimeUnit.SECONDS).items())
            .extracting(KeyItem::xml)
            .doesNotContain(wiped.xml());
      }
    } finally {
      reader.shutdownNow();
    }
  }

  @Test
  void ringReadAfterAResetMayBeRestored() throws Exception {
    one.reset("mark-1");
    one.store(key());
    List<KeyItem> held = one.readAll().items();
    loseEverything();
    assertThat(one.restore(held, "mark-1")).isEqualTo(RestoreOutcome.RESTORED);
    assertThat(two.readAll().resetMark()).isEqualTo("mark-1");
    assertThat(two.readAll().items()).extracting(KeyItem::xml).hasSize(1);
  }

  @Test
  void resetMarkOutlivesTheFirstNewKey() {
    one.store(key());
    List<KeyItem> old = one.readAll().items();
    one.reset("mark-1");
    KeyItem fresh = key();
    one.storeNewDefault(fresh, one.readAll().version());
    one.delete(List.of(fresh));
    assertThat(two.restore(old, "")).isEqualTo(RestoreOutcome.FORBIDDEN);
  }

  @Test
  void ofManyReplicasThatRestoreAtOnceOnlyOneWrites() throws Exception {
    one.store(key());
    one.store(revocation());
    List<KeyItem> held = one.readAll().items();
    loseEverything();
    int replicas = 6;
    ExecutorService pool = Executors.newFixedThreadPool(replicas);
    try {
      CyclicBarrier together = new CyclicBarrier(replicas);
      List<Callable<RestoreOutcome>> restores = new ArrayList<>();
      for (int i = 0; i < replicas; i++) {
        KeyRepository replica = open();
        restores.add(
            () -> {
              together.await(10, TimeUnit.SECONDS);
              return replica.restore(held, "");
            });
      }
      int restored = 0;
      for (Future<RestoreOutcome> restore : pool.invokeAll(restores)) {
        restored += restore.get() == RestoreOutcome.RESTORED ? 1 : 0;
      }
      assertThat(restored).isEqualTo(1);
      assertThat(one.readAll().items())
          .extracting(KeyItem::xml)
          .containsExactlyInAnyOrderElementsOf(held.stream().map(KeyItem::xml).toList());
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void lostElementsAreWrittenBackBesideAKeyThatSomebodyStoredFirst() throws Exception {
    KeyItem key = new KeyItem(key().xml(), "key-" + UUID.randomUUID(), "dGFn");
    KeyItem revocation = revocation();
    one.store(key);
    one.store(revocation);
    List<KeyItem> held = one.readAll().items();
    loseEverything();
    KeyItem newcomer = key();
    two.store(newcomer);
    String seen = one.readAll().version();
    assertThat(one.merge(held, seen, "")).isEqualTo(RestoreOutcome.RESTORED);
    assertThat(two.readAll().items())
        .extracting(KeyItem::xml)
        .containsExactlyInAnyOrder(newcomer.xml(), key.xml(), revocation.xml());
    assertThat(two.readAll().items())
        .filteredOn(item -> item.xml().equals(key.xml()))
        .extracting(KeyItem::tag)
        .containsExactly("dGFn");
    assertThat(two.readAll().version()).isNotEqualTo(seen);
  }

  @Test
  void elementsAreWrittenBackOnlyWhereTheRingIsTheOneThatWasReadSoNeverTwice() {
    KeyItem lost = key();
    one.store(key());
    String seen = one.readAll().version();
    assertThat(one.merge(List.of(lost), seen, "")).isEqualTo(RestoreOutcome.RESTORED);
    assertThat(two.merge(List.of(lost), seen, "")).isEqualTo(RestoreOutcome.CHANGED);
    assertThat(one.readAll().items()).filteredOn(item -> item.xml().equals(lost.xml())).hasSize(1);
  }

  @Test
  void nothingIsWrittenBackIntoARingThatWasWipedOnPurpose() {
    one.store(key());
    List<KeyItem> held = one.readAll().items();
    two.reset("mark-1");
    two.store(key());
    String seen = one.readAll().version();
    assertThat(one.merge(held, seen, "")).isEqualTo(RestoreOutcome.FORBIDDEN);
    assertThat(one.readAll().items()).hasSize(1);
    assertThat(one.merge(held, seen, "mark-1")).isEqualTo(RestoreOutcome.RESTORED);
    assertThat(one.readAll().resetMark()).isEqualTo("mark-1");
  }

  @Test
  void ringThatForgotItsResetIsReplacedWholeOnlyWhileItIsTheOneThatWasRead() {
    one.store(new KeyItem(key().xml(), "key-" + UUID.randomUUID(), "b2xk"));
    KeyItem wanted = new KeyItem(key().xml(), "key-" + UUID.randomUUID(), "dGFn");
    String seen = one.readAll().version();
    assertThat(one.replace(List.of(wanted), seen, "mark-1")).isEqualTo(RestoreOutcome.RESTORED);
    assertThat(two.readAll().items()).extracting(KeyItem::xml).containsExactly(wanted.xml());
    assertThat(two.readAll().items()).extracting(KeyItem::tag).containsExactly("dGFn");
    assertThat(two.readAll().resetMark()).isEqualTo("mark-1");
    assertThat(two.replace(List.of(), seen, "mark-2")).isEqualTo(RestoreOutcome.CHANGED);
    assertThat(one.readAll().items()).hasSize(1);
    assertThat(one.readAll().resetMark()).isEqualTo("mark-1");
  }

  @Test
  void storeThatLostEverythingLivesAnotherLife() throws Exception {
    one.store(key());
    RepositorySnapshot before = one.readAll();
    one.store(key());
    assertThat(two.readAll().life()).isNotEmpty().isEqualTo(before.life());
    assertThat(two.readAll().hasLostSince(before)).isFalse();
    loseEverything();
    two.store(key());
    assertThat(one.readAll().hasLostSince(before)).isTrue();
    assertThat(one.readAll().life()).isNotEmpty().isEqualTo(two.readAll().life());
  }

  @Test
  void wipeOnPurposeIsNoLoss() {
    one.store(key());
    RepositorySnapshot before = one.readAll();
    two.reset("mark-1");
    assertThat(one.readAll().hasLostSince(before)).isFalse();
    assertThat(one.readAll().permits(before.resetMark())).isFalse();
  }

  @Test
  void tagIsAttachedToAnElementThatIsThereAndToNoOther() {
    KeyItem item = key();
    KeyItem other = new KeyItem(key().xml(), "", "b3RoZXI=");
    one.store(item);
    one.store(other);
    String before = two.readAll().version();
    KeyItem absent = new KeyItem(key().xml(), "", "YWJzZW50");
    assertThat(one.attachTags(List.of(new KeyItem(item.xml(), "", "dGFn"), absent))).isEqualTo(1);
    assertThat(two.readAll().items()).hasSize(2);
    assertThat(two.readAll().items())
        .filteredOn(held -> held.xml().equals(item.xml()))
        .extracting(KeyItem::tag)
        .containsExactly("dGFn");
    assertThat(two.readAll().items())
        .filteredOn(held -> held.xml().equals(other.xml()))
        .extracting(KeyItem::tag)
        .containsExactly(other.tag());
    assertThat(two.readAll().version()).isNotEqualTo(before);
  }

  @Test
  void smallQuestionTellsWhetherSomethingChanged() throws Exception {
    one.store(key());
    String seen = one.readAll().version();
    assertThat(one.mayHaveChangedSince(seen)).isFalse();
    two.store(revocation());
    assertThat(one.mayHaveChangedSince(seen)).isEqualTo(announcesChanges());
    String later = one.readAll().version();
    loseEverything();
    assertThat(one.mayHaveChangedSince(later)).isEqualTo(announcesChanges());
  }

  @Test
  void deletedItemsAreGoneForEveryReplicaAndTheOthersStay() {
    KeyItem old = key();
    KeyItem kept = key();
    one.store(old);
    one.store(kept);
    assertThat(one.canDelete()).isTrue();
    one.delete(List.of(old, key()));
    assertThat(two.readAll().items()).extracting(KeyItem::xml).containsExactly(kept.xml());
  }

  @Test
  void changesAreAnnouncedToOtherReplicas() throws Exception {
    Semaphore heard = new Semaphore(0);
    try (KeyRepository.Subscription subscription = two.onChange(heard::release)) {
      assertThat(subscription).isNotNull();
      heard.drainPermits();
      KeyItem item = key();
      one.store(item);
      assertThat(two.readAll().items()).extracting(KeyItem::xml).containsExactly(item.xml());
      long wait = announcesChanges() ? NOTICE.toMillis() : 0;
      assertThat(heard.tryAcquire(wait, TimeUnit.MILLISECONDS)).isEqualTo(announcesChanges());
    }
  }

  @Test
  void closedSubscriptionMayBeClosedAgain() {
    KeyRepository.Subscription subscription = one.onChange(() -> {});
    subscription.close();
    subscription.close();
  }

  @Test
  void descriptionNamesThePlace() {
    assertThat(one.describe()).isNotBlank();
  }

  private static KeyItem key() {
    UUID id = UUID.randomUUID();
    String xml =
        "<key id=\""
            + id
            + "\" version=\"1\"><creationDate>2026-01-01T00:00:00Z</creationDate>"
            + "<activationDate>2026-01-01T00:00:00Z</activationDate>"
            + "<expirationDate>2026-04-01T00:00:00Z</expirationDate>"
            + "<descriptor deserializerType=\"none\"><descriptor /></descriptor></key>";
    return new KeyItem(xml, "key-" + id);
  }

  private static KeyItem revocation() {
    UUID id = UUID.randomUUID();
    String xml =
        "<revocation version=\"1\"><revocationDate>2026-02-01T00:00:00Z</revocationDate><key id=\""
            + id
            + "\" /><reason>größer &lt; kleiner 😀</reason></revocation>";
    return new KeyItem(xml, "revocation-" + id);
  }
}
