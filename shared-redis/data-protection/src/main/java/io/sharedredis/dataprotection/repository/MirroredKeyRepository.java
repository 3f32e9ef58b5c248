package io.sharedredis.dataprotection.repository;

import io.sharedredis.dataprotection.DataProtectionException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key ring in one store with a copy in another, which heals whichever lost it. Thread-safe.
 *
 * <p>The primary decides: what it says is the ring, and where it cannot be asked there is no
 * answer. At every read the mirror is given what it lacks; a mirror that fails is reported and
 * holds nothing up. If the primary is empty and was not reset on purpose, the mirror's copy is
 * written back to it, also by a process that has just started and never saw the ring; likewise if
 * the primary holds nothing of the mirror's, because a replica of ASP.NET Core stored a key of its
 * own in the emptied store. So each ring needs a mirror of its own.
 *
 * <p>What disappears from the primary by other ways than {@link #delete} and {@link #reset} stays
 * in the mirror.
 */
public final class MirroredKeyRepository implements KeyRepository {
  private static final Logger log = LoggerFactory.getLogger(MirroredKeyRepository.class);

  private final KeyRepository primary;
  private final KeyRepository mirror;

  public MirroredKeyRepository(KeyRepository primary, KeyRepository mirror) {
    this.primary = primary;
    this.mirror = mirror;
  }

  @Override
  public RepositorySnapshot readAll() {
    RepositorySnapshot ring = primary.readAll();
    if (ring.items().isEmpty() && healPrimary(ring)) {
      ring = primary.readAll();
    }
    RepositorySnapshot current = ring;
    AtomicBoolean merged = new AtomicBoolean();
    onMirror("bring up to date", () -> merged.set(bringUpToDate(current)));
    return merged.get() ? primary.readAll() : ring;
  }

  @Override
  public void store(KeyItem item) {
    primary.store(item);
    onMirror("write to", () -> mirror.store(item));
  }

  @Override
  public boolean storeNewDefault(KeyItem item, String expectedVersion) {
    boolean won = primary.storeNewDefault(item, expectedVersion);
    if (won) {
      onMirror("write to", () -> mirror.store(item));
    }
    return won;
  }

  @Override
  public RestoreOutcome restore(List<KeyItem> items, String resetMark) {
    return primary.restore(items, resetMark);
  }

  @Override
  public RestoreOutcome merge(List<KeyItem> items, String expectedVersion, String resetMark) {
    return primary.merge(items, expectedVersion, resetMark);
  }

  @Override
  public RestoreOutcome replace(List<KeyItem> items, String expectedVersion, String resetMark) {
    return primary.replace(items, expectedVersion, resetMark);
  }

  @Override
  public int attachTags(List<KeyItem> items) {
    int found = primary.attachTags(items);
    onMirror("write to", () -> attachToMirror(items));
    return found;
  }

  @Override
  public boolean mayHaveChangedSince(String version) {
    return primary.mayHaveChangedSince(version);
  }

  @Override
  public boolean canDelete() {
    return primary.canDelete() && mirror.canDelete();
  }

  /** Deletes in the mirror first: it must not bring back what the primary no longer has. */
  @Override
  public void delete(List<KeyItem> items) {
    mirror.delete(items);
    primary.delete(items);
  }

  /** Resets the primary first: its mark tells the mirror, now or at the next read. */
  @Override
  public void reset(String mark) {
    primary.reset(mark);
    onMirror("reset", () -> mirror.reset(mark));
  }

  @Override
  public Subscription onChange(Runnable listener) {
    return primary.onChange(listener);
  }

  @Override
  public String describe() {
    return primary.describe() + " mirrored to " + mirror.describe();
  }

  /** Whether the primary should be read again. */
  private boolean healPrimary(RepositorySnapshot empty) {
    RepositorySnapshot copy;
    try {
      copy = mirror.readAll();
    } catch (DataProtectionException e) {
      // Not known whether the ring is new or lost: a new key now could replace a ring for good.
      throw new StoreUnavailableException(
          "the key ring in "
              + primary.describe()
              + " is empty and its mirror cannot be asked whether it should be: "
              + e.getMessage(),
          e);
    }
    if (copy.items().isEmpty() || !empty.permits(copy.resetMark())) {
      return false;
    }
    log.error(
        "ALARM: the key ring in {} reads empty; writing back {} elements of {}",
        primary.describe(),
        copy.items().size(),
        mirror.describe());
    RestoreOutcome outcome = primary.restore(LostItems.eachKeyOnce(copy.items()), copy.resetMark());
    if (outcome == RestoreOutcome.UNSUPPORTED) {
      throw new DataProtectionException(
          "the key ring in " + primary.describe() + " is lost and cannot be restored");
    }
    return true;
  }

  /**
   * Gives the mirror what it lacks, and the primary what it lost before somebody stored a first new
   * key in it. Whether the primary should be read again.
   */
  private boolean bringUpToDate(RepositorySnapshot ring) {
    RepositorySnapshot copy = mirror.readAll();
    UndoneReset undone = UndoneReset.of(copy, ring);
    if (undone != null) {
      return resetAgain(undone, copy, ring);
    }
    if (!ring.resetMark().isEmpty() && !ring.resetMark().equals(copy.resetMark())) {
      mirror.reset(ring.resetMark());
      copy = mirror.readAll();
    }
    if (copy.items().isEmpty() && !ring.items().isEmpty()) {
      mirror.restore(ring.items(), ring.resetMark());
      return false;
    }
    Map<String, Optional<String>> tags = new HashMap<>();
    copy.items().forEach(item -> tags.put(item.xml(), Optional.ofNullable(item.tag())));
    List<KeyItem> retagged = new ArrayList<>();
    for (KeyItem item : ring.items()) {
      Optional<String> tag = tags.get(item.xml());
      if (tag == null) {
        mirror.store(item);
      } else if (item.tag() != null && tag.isEmpty()) {
        retagged.add(item);
      }
    }
    if (!retagged.isEmpty()) {
      attachToMirror(retagged);
    }
    if (ring.items().isEmpty()) {
      return false;
    }
    List<KeyItem> tagged = LostItems.withLostTags(copy, ring);
    if (!tagged.isEmpty()) {
      log.error(
          "ALARM: {} elements of the key ring in {} have lost their tags; giving them back",
          tagged.size(),
          primary.describe());
      return primary.attachTags(tagged) > 0;
    }
    return writeBack(LostItems.of(copy, ring), copy, ring);
  }

  private boolean writeBack(List<KeyItem> lost, RepositorySnapshot copy, RepositorySnapshot ring) {
    if (lost.isEmpty()) {
      return false;
    }
    log.error(
        "ALARM: the key ring in {} holds nothing of {}; writing {} elements back beside the {} it"
            + " holds",
        primary.describe(),
        mirror.describe(),
        lost.size(),
        ring.items().size());
    RestoreOutcome outcome = primary.merge(lost, ring.version(), copy.resetMark());
    return outcome == RestoreOutcome.RESTORED || outcome == RestoreOutcome.CHANGED;
  }

  /** Before anything is copied: the mirror must not get what was deleted. */
  private boolean resetAgain(UndoneReset undone, RepositorySnapshot copy, RepositorySnapshot ring) {
    log.error(
        "ALARM: the key ring in {} has forgotten that it was reset and holds {} elements of before;"
            + " resetting it again to {} elements",
        primary.describe(),
        undone.dropped(),
        undone.items().size());
    RestoreOutcome outcome = primary.replace(undone.items(), ring.version(), copy.resetMark());
    log.warn("resetting the key ring in {} again: {}", primary.describe(), outcome);
    return outcome != RestoreOutcome.UNSUPPORTED;
  }

  private void attachToMirror(List<KeyItem> items) {
    try {
      int unused = mirror.attachTags(items);
    } catch (UnsupportedOperationException e) {
      log.warn("the mirror of the key ring keeps no tags: {}", e.getMessage());
    }
  }

  private void onMirror(String verb, Runnable work) {
    try {
      work.run();
    } catch (DataProtectionException e) {
      log.warn("cannot {} the mirror of the key ring: {}", verb, e.getMessage());
    }
  }
}
