package io.sharedredis.lettuce.relay;

import org.jspecify.annotations.Nullable;

/** What replicas say to each other about one exchange, a request with its answer. */
sealed interface RelayMessage {

  /** The number that the asking replica gave the exchange. */
  long exchange();

  /** A request, with the first piece of its body. */
  record Ask(long exchange, RelayRequest request, byte[] piece, boolean last)
      implements RelayMessage {}

  /** A further piece of the request's body. */
  record More(long exchange, byte[] piece, boolean last) implements RelayMessage {}

  /** The owner can take one more piece of the request's body. */
  record Ready(long exchange) implements RelayMessage {}

  /** The client has taken a piece of the answer's body. */
  record Took(long exchange) implements RelayMessage {}

  /**
   * The answer, with the first piece of its body.
   *
   * @param length of the whole body
   */
  record Reply(
      long exchange, int status, @Nullable String type, int length, byte[] piece, boolean last)
      implements RelayMessage {}

  /** A further piece of the answer's body. */
  record Rest(long exchange, byte[] piece, boolean last) implements RelayMessage {}

  /** The asking replica stops: the answer is wanted now, even if there is nothing to say. */
  record Hurry(long exchange) implements RelayMessage {}

  /** Nobody waits for the answer any more. */
  record Cancel(long exchange) implements RelayMessage {}
}
