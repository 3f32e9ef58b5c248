package io.sharedredis.dataprotection.repository;

/** What became of {@link KeyRepository#restore}. */
public enum RestoreOutcome {
  /** The ring was empty and now holds exactly the given items. */
  RESTORED,
  /** The ring was not empty (someone else was quicker): nothing was written, read it again. */
  NOT_EMPTY,
  /** The ring was emptied on purpose since the items were read: nothing was written. */
  FORBIDDEN,
  /** This store cannot restore: nothing was written. */
  UNSUPPORTED
}
