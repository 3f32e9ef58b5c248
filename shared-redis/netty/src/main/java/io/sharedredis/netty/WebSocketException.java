package io.sharedredis.netty;

/**
 * The peer broke RFC 6455; says which close code it is told. Hubs see it in onDisconnected under
 * the name and with the message ASP.NET Core has for it; what was wrong is its cause.
 */
public final class WebSocketException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Close code of frames that are no WebSocket frames. */
  public static final int PROTOCOL_ERROR = 1002;

  /** Close code of text that is no UTF-8. */
  public static final int INVALID_TEXT = 1007;

  private final int code;
  private final String fault;

  /**
   * @param code close code the peer is told
   * @param message what was wrong
   */
  public WebSocketException(int code, String message) {
    // What a peer does wrong is not ours to trace.
    super(
        "An exception caused the WebSocket to enter the Aborted state. Please see the"
            + " InnerException, if present, for more details.",
        new Fault(message),
        false,
        false);
    this.code = code;
    this.fault = message;
  }

  /** What was wrong. */
  private static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Fault(String message) {
      super(message, null, false, false);
    }
  }

  String fault() {
    return fault;
  }

  int code() {
    return code;
  }
}
