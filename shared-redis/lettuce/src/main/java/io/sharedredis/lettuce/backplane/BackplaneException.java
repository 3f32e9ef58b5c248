package io.sharedredis.lettuce.backplane;

/**
 * A message could not be handed to the other replicas. Clients of this replica may have received
 * it.
 */
public final class BackplaneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What became of the message on its way to the other replicas. */
  public enum Outcome {
    /** It did not leave this replica and never will: sending it again cannot repeat it there. */
    NOT_SENT,
    /**
     * It left, and the answer is missing: other replicas may get it, have got it, or never will.
     */
    UNKNOWN
  }

  private final Outcome outcome;

  private BackplaneException(Outcome outcome, String message, Throwable cause) {
    super(message, cause);
    this.outcome = outcome;
  }

  private BackplaneException(Outcome outcome, String message) {
    super(message);
    this.outcome = outcome;
  }

  /** The message did not leave this replica. */
  public static BackplaneException notSent(String why) {
    return new BackplaneException(
        Outcome.NOT_SENT, "The message was not sent to other replicas: " + why);
  }

  /** Whether the message reached the broker is not known. */
  public static BackplaneException unknown(String why, Throwable cause) {
    return new BackplaneException(Outcome.UNKNOWN, unknownText(why), cause);
  }

  /** Whether the message reached the broker is not known. */
  public static BackplaneException unknown(String why) {
    return new BackplaneException(Outcome.UNKNOWN, unknownText(why));
  }

  private static String unknownText(String why) {
    return "The outcome is unknown; other replicas may have received the message: " + why;
  }

  /** What became of the message. */
  public Outcome outcome() {
    return outcome;
  }
}
