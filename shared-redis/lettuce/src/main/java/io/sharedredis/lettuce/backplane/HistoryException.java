package io.sharedredis.lettuce.backplane;

/** A history could not be read or written. */
final class HistoryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What is known of the attempt. */
  enum Kind {
    /** It was not sent; another try may succeed. */
    NOT_SENT,
    /** It was sent, and the answer is missing; another try may succeed. */
    UNKNOWN,
    /** It was refused in a way that no other try changes. */
    REFUSED
  }

  private final Kind kind;

  HistoryException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  HistoryException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  Kind kind() {
    return kind;
  }

  static Kind kindOf(Throwable failure) {
    return Failures.unwrap(failure) instanceof HistoryException known ? known.kind() : Kind.UNKNOWN;
  }
}
