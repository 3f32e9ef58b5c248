package io.sharedredis.lettuce.session;

/**
 * How many sessions one user may have at a time.
 *
 * @param most at least 1, or 0 for no limit
 * @param beyond what happens to one more
 */
public record SessionLimit(int most, Beyond beyond) {

  /** No limit: the default. */
  public static final SessionLimit NONE = new SessionLimit(0, Beyond.END_OLDEST);

  /** Checks the number. */
  public SessionLimit {
    if (most < 0) {
      throw new IllegalArgumentException(
          "sessions per user must be 1 or more, or 0 for no limit, but is " + most);
    }
  }

  /** What happens when a user signs in once more than allowed. */
  public enum Beyond {
    /** The new sign-in is refused. */
    REFUSE("refuse"),
    /** The session that was not used for the longest time ends. */
    END_OLDEST("end-oldest");

    private final String word;

    Beyond(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }
}
