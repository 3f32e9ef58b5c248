package io.sharedredis.lettuce.relay;

import org.jspecify.annotations.Nullable;

/**
 * Hears what comes of a relayed request: first {@link #ready} for each further piece of the body,
 * then an answer or a failure. One call after the other; they must not block for long.
 */
public interface RelayListener {

  /** The owner can take the next piece of the request's body. */
  void ready();

  /**
   * The answer begins.
   *
   * @param length of its body
   * @param piece its first bytes
   * @param last whether they are all
   */
  void reply(int status, @Nullable String type, int length, byte[] piece, boolean last);

  /** The answer goes on. */
  void rest(byte[] piece, boolean last);

  /** There is no answer, or no more of it. */
  void failed(RelayFailure why);
}
