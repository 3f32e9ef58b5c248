package io.sharedredis.webspa.events;

/**
 * A listener could not do its part because something it needs is away; the event is kept and comes
 * again for as long as that lasts.
 */
public final class NotNowException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public NotNowException(String what, Throwable cause) {
    super(what, cause);
  }
}
