package io.sharedredis.lettuce.session;

import java.util.List;

/** What became of a write. Unless it is {@link Saved}, nothing was written. */
public sealed interface SaveOutcome {

  /**
   * Written.
   *
   * @param generation of the session now
   * @param conflict whether values were replaced that somebody else wrote since the read
   * @param ended internal ids of sessions of the same user that were ended for this one
   */
  record Saved(long generation, boolean conflict, List<String> ended) implements SaveOutcome {}

  /** The session has ended, or the id is not its id any more. It is not brought back. */
  record Gone() implements SaveOutcome {}

  /** A new id was wanted under a former id: only a session of its own can have it. */
  record Former() implements SaveOutcome {}

  /** The user has as many sessions as allowed. */
  record Refused() implements SaveOutcome {}
}
