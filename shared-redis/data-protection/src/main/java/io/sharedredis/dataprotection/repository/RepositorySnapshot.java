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
 */
public record RepositorySnapshot(List<KeyItem> items, String version, String resetMark) {
  public RepositorySnapshot {
    items = List.copyOf(items);
  }
}
