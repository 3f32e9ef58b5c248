package io.sharedredis.hub.protocol;

/** The peer sent something that is no message of the protocol; the connection cannot go on. */
public final class ProtocolException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProtocolException(String message) {
    super(message);
  }

  public ProtocolException(String message, Throwable cause) {
    super(message, cause);
  }
}
