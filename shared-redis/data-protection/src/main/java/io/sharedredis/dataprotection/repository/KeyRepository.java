package io.sharedredis.dataprotection.repository;

import java.util.List;

/**
 * An ordered, append-only list of key ring elements that several processes share.
 *
 * <p>Rules for every method of every implementation:
 *
 * <ul>
 *   <li>Thread-safe, and without {@code synchronized} around I/O.
 *   <li>Bounded in time (a deadline of the implementation's own, half a second for Redis).
 *   <li>When the store cannot be asked or its answer is not known to be complete: {@link
 *       StoreUnavailableException}, never an empty or partial result. After a failed write it may
 *       be unknown whether the write took place; the caller reads again before it decides anything.
 *   <li>Elements are opaque: what is stored is read back character for character, in the order of
 *       storing. Implementations do not parse, check or reformat them (a directory of ASP.NET Core
 *       files, which are indented, is the one exception).
 *   <li>No method creates, changes or drops elements on its own account; nothing expires.
 * </ul>
 *
 * <p>Others may add elements without going through this interface: ASP.NET Core appends to the same
 * Redis list or directory. {@link RepositorySnapshot#version()} must change when they do.
 */
public interface KeyRepository {
  /**
   * Reads the whole ring in one consistent read. A store that was never written to is an empty
   * ring.
   *
   * @throws StoreUnavailableException if the store could not be asked
   */
  RepositorySnapshot readAll();

  /**
   * Appends an element unconditionally (revocations, keys an operator makes) and announces the
   * change.
   *
   * @throws StoreUnavailableException if the store could not be asked; the element may or may not
   *     be stored
   */
  void store(KeyItem item);

  /**
   * Appends a new key only if nothing was added or removed since the snapshot of that version was
   * read, and announces the change. Check and append are one atomic step in the store.
   *
   * <p>This is what makes any number of replicas that start at once on an empty ring end with one
   * key: each reads, decides that a key is missing, and calls this with the version it decided on;
   * one wins, the others read again and find the winner's key.
   *
   * @param expectedVersion {@link RepositorySnapshot#version()} of the read that the decision rests
   *     on
   * @return true if this call stored the item, false if the ring had changed and nothing was stored
   * @throws StoreUnavailableException if the store could not be asked; the element may or may not
   *     be stored
   */
  boolean storeNewDefault(KeyItem item, String expectedVersion);

  /**
   * Writes a lost ring back, only while the store holds no element at all, and announces the
   * change. All or nothing, one atomic step: a concurrent restore or new key leaves exactly one of
   * the two rings.
   *
   * <p>Allowed if the store has no reset mark (it lost everything) or its mark equals {@code
   * resetMark}; after {@link RestoreOutcome#RESTORED} the store's mark is {@code resetMark} (none,
   * if that is empty).
   *
   * @param items with tags, in order, as they were read before the loss
   * @param resetMark {@link RepositorySnapshot#resetMark()} of the read that the items come from
   */
  default RestoreOutcome restore(List<KeyItem> items, String resetMark) {
    return RestoreOutcome.UNSUPPORTED;
  }

  /**
   * Appends lost elements to a ring that is no longer empty, because somebody stored a key before
   * it could be restored, and announces the change. All or nothing, one atomic step, and only if
   * nothing was added or removed since the snapshot of that version was read: the caller has made
   * sure that no key of {@code items} is in that snapshot, since two keys of one id make ASP.NET
   * Core refuse the whole ring.
   *
   * <p>Allowed, and leaving a mark, as {@link #restore}.
   *
   * @param items with tags, in order, as they were read before the loss
   * @param expectedVersion {@link RepositorySnapshot#version()} of the read that lacks them
   * @param resetMark {@link RepositorySnapshot#resetMark()} of the read that the items come from
   */
  default RestoreOutcome merge(List<KeyItem> items, String expectedVersion, String resetMark) {
    return RestoreOutcome.UNSUPPORTED;
  }

  /**
   * Puts the given elements in place of all that the ring holds, with their mark, and announces the
   * change: for a store that has forgotten a reset and holds again what was deleted ({@link
   * UndoneReset}). All or nothing, one atomic step, and only if nothing was added or removed since
   * the snapshot of that version was read.
   *
   * @param items with tags, in order; may be empty
   * @param expectedVersion {@link RepositorySnapshot#version()} of the read that the decision rests
   *     on
   * @param resetMark of the reset that was forgotten
   */
  default RestoreOutcome replace(List<KeyItem> items, String expectedVersion, String resetMark) {
    return RestoreOutcome.UNSUPPORTED;
  }

  /**
   * Gives elements that are in the store the tags of the given items, in place of any they have,
   * and announces the change if there was one. Elements stay where and what they are; items whose
   * text is not in the store are passed over.
   *
   * @return how many of the items are in the store
   * @throws UnsupportedOperationException if this store keeps no tags
   */
  default int attachTags(List<KeyItem> items) {
    throw new UnsupportedOperationException("this key repository keeps no tags");
  }

  /**
   * A cheap question, asked twice a second by every process: whether anything may have changed
   * since the read of that version, made by whomever. Costs the same however large the ring is.
   *
   * @param version {@link RepositorySnapshot#version()} of an earlier read
   * @return false if nothing was noticed, which is no proof; also if the store cannot tell
   * @throws StoreUnavailableException if the store could not be asked
   */
  default boolean mayHaveChangedSince(String version) {
    return false;
  }

  /** Whether {@link #delete} and {@link #reset} are supported. */
  default boolean canDelete() {
    return false;
  }

  /**
   * Deletes elements (and their tags) whose text equals that of the given items, in the given
   * order, and announces the change. If it fails half-way, what was deleted is a beginning of the
   * list: keys are given before their revocations, so that a key never comes back un-revoked. Items
   * no longer there are passed over.
   *
   * @throws UnsupportedOperationException if {@link #canDelete()} is false
   */
  default void delete(List<KeyItem> items) {
    throw new UnsupportedOperationException("this key repository cannot delete elements");
  }

  /**
   * Deletes every element and leaves {@code mark} as reset mark, atomically, and announces the
   * change. From then on nobody restores a ring that was read under another mark: a ring wiped on
   * purpose stays wiped.
   *
   * @param mark new, unique and not empty; at most 64 characters of {@code A-Z a-z 0-9 -}
   * @throws UnsupportedOperationException if {@link #canDelete()} is false
   */
  default void reset(String mark) {
    throw new UnsupportedOperationException("this key repository cannot delete elements");
  }

  /**
   * Calls the listener after every change that this store can notice, made by this process or
   * another, and after any time in which it may have missed one (a connection that came back).
   *
   * <p>Calls may be spurious, merged or late; a listener reads again to learn what changed. It
   * returns at once and may be called on any thread (also one that must not block). A store without
   * notifications never calls it: readers poll as a safety net in any case.
   *
   * @return closes the subscription; closing twice is harmless
   */
  default Subscription onChange(Runnable listener) {
    return () -> {};
  }

  /** Names the store for logs and errors: kind and place, never credentials. */
  String describe();

  /** A registered listener. */
  @FunctionalInterface
  interface Subscription extends AutoCloseable {
    @Override
    void close();
  }
}
