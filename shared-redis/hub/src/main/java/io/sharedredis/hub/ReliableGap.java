package io.sharedredis.hub;

/**
 * Reliable messages that this replica's clients have missed and that nothing can bring back.
 *
 * @param audience whom they were for
 * @param name the group, user or connection; empty for all
 * @param missing how many; negative when nobody can tell any more
 * @param reason why they are gone
 */
public record ReliableGap(Audience audience, String name, long missing, Reason reason) {

  /** Whom messages were for. */
  public enum Audience {
    ALL,
    CONNECTION,
    GROUP,
    USER
  }

  /** Why messages are gone. */
  public enum Reason {
    /** They were appended, and older than the history reaches. */
    HISTORY_TOO_SHORT,
    /** The history itself is gone: Redis came back without it, or it may not be read. */
    HISTORY_LOST,
    /**
     * They were confirmed by a server that is not master any more; the present one never had them.
     */
    PROMOTION
  }
}
