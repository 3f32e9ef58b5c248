package io.sharedredis.spring.hub;

/**
 * What a poll is answered.
 *
 * @param body empty when there is nothing to say
 */
record PollAnswer(int status, String type, byte[] body) {

  private static final byte[] EMPTY = {};

  /** Whole messages. */
  static PollAnswer messages(byte[] bytes) {
    return new PollAnswer(200, "application/octet-stream", bytes);
  }

  /** Nothing for now; the client polls again. */
  static PollAnswer nothing() {
    return new PollAnswer(200, "text/plain", EMPTY);
  }

  /** The connection is over, or another poll has taken this one's place. */
  static PollAnswer over() {
    return new PollAnswer(204, "text/plain", EMPTY);
  }
}
