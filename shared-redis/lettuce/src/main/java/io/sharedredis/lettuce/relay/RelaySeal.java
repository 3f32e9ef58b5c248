package io.sharedredis.lettuce.relay;

import org.jspecify.annotations.Nullable;

/**
 * What only replicas of one farm can close and open: with it they give each other the keys that
 * sign what they say. Thread-safe; may block, for a key ring that has to be read.
 */
public interface RelaySeal {

  /**
   * Seals a key of one conversation.
   *
   * @param from name of the replica that says
   * @param to name of the replica that hears
   * @param session the conversation's number
   */
  byte[] seal(String from, String to, long session, byte[] plain);

  /**
   * The inverse of {@link #seal}; null for whatever was not sealed for just this conversation.
   *
   * @throws IllegalStateException when that cannot be told now, because the keys cannot be read
   */
  byte @Nullable [] open(String from, String to, long session, byte[] sealed);
}
