package io.sharedredis.dataprotection.repository;

/** What became of {@link KeyRepository#restore}, {@code merge} or {@code replace}. */
public enum RestoreOutcome {
  /** The ring now holds the given items: exactly those, or beside what it held. */
  RESTORED,
  /** The ring was not empty (someone else was quicker): nothing was written, read it again. */
  NOT_EMPTY,
  /** The ring is not the one that was read any more: nothing was written, read it again. */
  CHANGED,
  /** The ring was emptied on purpose since the items were read: nothing was written. */
  FORBIDDEN,
  /** This store cannot restore: nothing was written. */
  UNSUPPORTED
}
