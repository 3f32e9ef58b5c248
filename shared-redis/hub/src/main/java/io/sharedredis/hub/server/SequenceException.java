package io.sharedredis.hub.server;

/** A client goes on with a number that would leave messages out. */
final class SequenceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SequenceException() {
    super("Sequence ID greater than amount of messages we've received.");
  }
}
