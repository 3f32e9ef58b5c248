package io.sharedredis.hub.server;

/**
 * What carries a connection's bytes. The connection never waits for it: it says that output is
 * ready, the transport takes it from the {@link OutputSource} when it can write.
 */
public interface HubTransport {

  /**
   * The name clients know it by: {@code WebSockets}, {@code ServerSentEvents}, {@code LongPolling}.
   */
  String name();

  /** How it is carried: {@code loop} on an event loop, {@code portable} by the container. */
  default String path() {
    return "portable";
  }

  /** Whether it carries bytes, not only text. */
  boolean supportsBinary();

  /** Whether the server pings over it; a client that polls shows by polling that it is alive. */
  default boolean pings() {
    return true;
  }

  /** Messages from now on are binary (or text). Called before the handshake's answer is written. */
  void useBinary(boolean binary);

  /**
   * Output waits in the source, or the source is finished and the transport ends. Any thread; does
   * not block.
   */
  void outputReady();

  /**
   * Hands over no more input until {@link #resumeReading}: the application is busy. Some input may
   * still come.
   */
  void pauseReading();

  void resumeReading();

  /**
   * Asks the peer's end of the transport whether it has received what was written up to now. Of two
   * questions the later one counts. Any thread; does not block.
   *
   * @param received runs when it has; not at all should the transport end first
   * @return false when this transport has no way to ask
   */
  default boolean confirm(Runnable received) {
    return false;
  }

  /** Drops the connection to the peer at once; nothing more can be written. */
  void abort();
}
