package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.LostItems;
import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import io.sharedredis.dataprotection.repository.RestoreOutcome;
import io.sharedredis.dataprotection.repository.UndoneReset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes back what a store has lost of the ring that this process holds. */
final class RingRescue {
  private static final Logger log = LoggerFactory.getLogger(RingRescue.class);

  private final KeyRepository repository;

  RingRescue(KeyRepository repository) {
    this.repository = repository;
  }

  /**
   * What to work with: what the store holds, if it has lost nothing.
   *
   * @param stored as the store was read now
   * @param held as it was read before
   * @return null if the store was written to and is to be read again
   * @throws DataProtectionException if the ring is lost and cannot be restored; the caller keeps
   *     what it has
   */
  @Nullable RepositorySnapshot of(RepositorySnapshot stored, RepositorySnapshot held) {
    UndoneReset undone = UndoneReset.of(held, stored);
    if (undone != null) {
      return resetAgain(undone, stored, held) ? null : as(undone.items(), stored, held);
    }
    if (stored.items().isEmpty()) {
      if (held.items().isEmpty() || !stored.permits(held.resetMark())) {
        return stored;
      }
      restore(held);
      return null;
    }
    List<KeyItem> lost = LostItems.of(held, stored);
    if (lost.isEmpty()) {
      List<KeyItem> tagged = LostItems.withLostTags(held, stored);
      return tagged.isEmpty() || !attach(tagged) ? stored : null;
    }
    return merge(lost, stored, held) ? null : together(lost, stored, held);
  }

  private void restore(RepositorySnapshot held) {
    log.error(
        "ALARM: the key ring in {} reads empty while this process holds {} elements of it; writing"
            + " it back",
        repository.describe(),
        held.items().size());
    RestoreOutcome outcome = repository.restore(held.items(), held.resetMark());
    if (outcome == RestoreOutcome.UNSUPPORTED) {
      throw new DataProtectionException(
          "the key ring in " + repository.describe() + " is lost and cannot be restored");
    }
    log.warn("restoring the key ring in {}: {}", repository.describe(), outcome);
  }

  /** Somebody set the store back to before a reset; what was deleted must not be used. */
  private boolean resetAgain(
      UndoneReset undone, RepositorySnapshot stored, RepositorySnapshot held) {
    log.error(
        "ALARM: the key ring in {} has forgotten that it was reset and holds {} elements of before;"
            + " resetting it again to {} elements",
        repository.describe(),
        undone.dropped(),
        undone.items().size());
    try {
      RestoreOutcome outcome =
          repository.replace(undone.items(), stored.version(), held.resetMark());
      log.warn("resetting the key ring in {} again: {}", repository.describe(), outcome);
      return outcome != RestoreOutcome.UNSUPPORTED;
    } catch (DataProtectionException e) {
      log.warn("the key ring cannot be reset again now: {}", e.getMessage());
      return false;
    }
  }

  /** Somebody stored a first new key before the ring could be restored. */
  private boolean merge(List<KeyItem> lost, RepositorySnapshot stored, RepositorySnapshot held) {
    log.error(
        "ALARM: the key ring in {} has lost {} elements that this process holds, and holds {};"
            + " writing them back",
        repository.describe(),
        lost.size(),
        stored.items().size());
    try {
      RestoreOutcome outcome = repository.merge(lost, stored.version(), held.resetMark());
      log.warn("writing back to the key ring in {}: {}", repository.describe(), outcome);
      return outcome != RestoreOutcome.UNSUPPORTED;
    } catch (DataProtectionException e) {
      log.warn("the lost elements cannot be written back now: {}", e.getMessage());
      return false;
    }
  }

  /** Whether there are tags again; without them every key would be refused. */
  private boolean attach(List<KeyItem> tagged) {
    log.error(
        "ALARM: {} elements of the key ring in {} have lost their tags; giving them back",
        tagged.size(),
        repository.describe());
    try {
      return repository.attachTags(tagged) > 0;
    } catch (UnsupportedOperationException | DataProtectionException e) {
      log.warn("the tags cannot be given back now: {}", e.getMessage());
      return false;
    }
  }

  /**
   * Where this process may not write, it works with what it holds and what is there until another
   * one has written it back. Of the earlier life, so that the next read finds the loss again.
   */
  private static RepositorySnapshot together(
      List<KeyItem> lost, RepositorySnapshot stored, RepositorySnapshot held) {
    List<KeyItem> items = new ArrayList<>(stored.items());
    items.addAll(lost);
    return as(items, stored, held);
  }

  private static RepositorySnapshot as(
      List<KeyItem> items, RepositorySnapshot stored, RepositorySnapshot held) {
    return new RepositorySnapshot(
        items, stored.version(), held.resetMark(), held.life(), held.changes());
  }
}
