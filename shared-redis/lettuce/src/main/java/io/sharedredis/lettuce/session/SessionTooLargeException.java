package io.sharedredis.lettuce.session;

/** More was put into a session than it may hold; nothing of the change was written. */
public final class SessionTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Characters of a name in a message: a name may be what is too large. */
  private static final int SHOWN = 100;

  private SessionTooLargeException(String message) {
    super(message);
  }

  static SessionTooLargeException attributes(long would, int most) {
    return new SessionTooLargeException(
        "the session would have " + would + " attributes; at most " + most + " are kept");
  }

  static SessionTooLargeException bytes(String name, int size, int most) {
    String shown = name.length() > SHOWN ? name.substring(0, SHOWN) + "..." : name;
    return new SessionTooLargeException(
        "session attribute '"
            + shown
            + "' takes "
            + size
            + " bytes with its name; at most "
            + most
            + " are kept");
  }

  static SessionTooLargeException dotnet(int size, int most) {
    return new SessionTooLargeException(
        "the .NET session takes " + size + " bytes; at most " + most + " are kept");
  }
}
