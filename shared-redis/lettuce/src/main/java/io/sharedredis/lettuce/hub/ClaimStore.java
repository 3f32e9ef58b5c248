package io.sharedredis.lettuce.hub;

import java.util.concurrent.CompletionStage;

/**
 * The farm's memory of who has which connection, as one replica uses it. Thread-safe.
 *
 * <p>Methods that answer wait no longer than Redis' deadline and throw {@link
 * io.sharedredis.lettuce.connection.RedisUnavailableException} when it is away; those that return a
 * stage wait for nothing.
 */
public interface ClaimStore extends AutoCloseable {

  /** How a connection may be claimed. */
  enum Right {
    /** By a token that may still open a connection. */
    FRESH_TOKEN,
    /** By the reservation that a negotiation of version 0 has left. */
    RESERVATION,
    /** Not at all: the token is too old, and good only for a connection that is there. */
    NONE
  }

  /** Lets whoever comes first within a short time claim the connection by its id. */
  void reserve(String connectionId, String hubPath);

  /**
   * Claims the connection for this replica if it is free and may be claimed; else says whose it is.
   */
  ClaimAnswer claim(ClaimedConnection connection, Right right);

  /**
   * Makes a connection that {@code from} gives up this replica's, if it is not already; false when
   * it has ended.
   */
  boolean takeOver(ClaimedConnection connection, String from);

  /** Renews this replica's claim, or records it for the first time; false when it is not ours. */
  CompletionStage<Boolean> keep(ClaimedConnection connection);

  /** Remembers for a while that the connection has ended. */
  CompletionStage<Void> end(ClaimedConnection connection);

  /** Runs {@code listener} each time Redis is back, on a thread that must not block. */
  void onReturn(Runnable listener);

  @Override
  void close();
}
