package io.sharedredis.dataprotection.repository;

import io.sharedredis.dataprotection.DataProtectionException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key ring in one store with a copy in another, which heals whichever lost it. Thread-safe.
 *
 * <p>The primary decides: what it says is the ring, and where it cannot be asked there is no
 * answer. At every read the mirror is given what it lacks; a mirror that fails is reported and
 * holds nothing up. If the primary is empty and was not reset on purpose, the mirror's copy is
 * written back to it, also by a process that has just started and never saw the ring.
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
    onMirror("bring up to date", () -> bringUpToDate(current));
    return ring;
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
    boolean resetOnPurpose =
        !empty.resetMark().isEmpty() && !empty.resetMark().equals(copy.resetMark());
    if (copy.items().isEmpty() || resetOnPurpose) {
      return false;
    }
    log.error(
        "ALARM: the key ring in {} reads empty; writing back {} elements of {}",
        primary.describe(),
        copy.items().size(),
        mirror.describe());
    RestoreOutcome outcome = primary.restore(copy.items(), copy.resetMark());
    if (outcome == RestoreOutcome.UNSUPPORTED) {
      throw new DataProtectionException(
          "the key ring in " + primary.describe() + " is lost and cannot be restored");
    }
    return true;
  }

  private void bringUpToDate(RepositorySnapshot ring) {
    RepositorySnapshot copy = mirror.readAll();
    if (!ring.resetMark().isEmpty() && !ring.resetMark().equals(copy.resetMark())) {
      mirror.reset(ring.resetMark());
      copy = mirror.readAll();
    }
    if (copy.items().isEmpty() && !ring.items().isEmpty()) {
      mirror.restore(ring.items(), ring.resetMark());
      return;
    }
    Set<String> held = copy.items().stream().map(KeyItem::xml).collect(Collectors.toSet());
    for (KeyItem item : ring.items()) {
      if (!held.contains(item.xml())) {
        mirror.store(item);
      }
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
