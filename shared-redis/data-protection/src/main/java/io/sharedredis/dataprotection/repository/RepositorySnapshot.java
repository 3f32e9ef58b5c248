package io.sharedredis.dataprotection.repository;

import java.util.List;

/**
 * All elements of a key ring as they were at one instant.
 *
 * @param items in the order in which they were stored
 * @param version opaque; equal for two reads only if nothing was added or removed between them;
 *     handed back to {@link KeyRepository#storeNewDefault}
 * @param resetMark the mark left by the last {@link KeyRepository#reset}, or empty if the ring was
 *     never reset (or the store has lost everything, the mark included)
 * @param life names the store's memory: another one means that everything was lost in between;
 *     empty if the store cannot tell
 * @param changes how many changes were made through this interface in that life; a smaller number
 *     means that the last ones were lost (a replica of Redis that lagged behind took over); 0 if
 *     the store does not count
 */
public record RepositorySnapshot(
    List<KeyItem> items, String version, String resetMark, String life, long changes) {
  public RepositorySnapshot {
    items = List.copyOf(items);
  }

  /** Of a store that can tell nothing of its past. */
  public RepositorySnapshot(List<KeyItem> items, String version, String resetMark) {
    this(items, version, resetMark, "", 0);
  }

  /**
   * Whether the store has lost what it held at {@code earlier}, wholly or its last changes. What is
   * missing since then was not deleted on purpose.
   */
  public boolean hasLostSince(RepositorySnapshot earlier) {
    if (earlier.life.isEmpty()) {
      return false;
    }
    return !life.equals(earlier.life) || changes < earlier.changes;
  }

  /** The same instant of the store, of which no element is held: there is nothing to lose. */
  public RepositorySnapshot withoutItems() {
    return new RepositorySnapshot(List.of(), version, resetMark, life, changes);
  }

  /** Whether a ring read under {@code mark} may be written back here: no wipe came in between. */
  public boolean permits(String mark) {
    return resetMark.isEmpty() || resetMark.equals(mark);
  }
}
