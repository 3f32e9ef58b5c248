package io.sharedredis.netty;

/** The peer broke RFC 6455; says which close code it is told. */
final class WebSocketException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Close code of frames that are no WebSocket frames. */
  static final int PROTOCOL_ERROR = 1002;

  /** Close code of text that is no UTF-8. */
  static final int INVALID_TEXT = 1007;

  private final int code;

  WebSocketException(int code, String message) {
    // What a peer does wrong is not ours to trace.
    super(message, null, false, false);
    this.code = code;
  }

  int code() {
    return code;
  }
}
