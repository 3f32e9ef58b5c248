package io.sharedredis.lettuce.backplane;

import java.util.concurrent.CompletionStage;

/**
 * Keeps the places of clients with a resume id, a bounded number for each user and for a bounded
 * time. A record belongs to the connection that claimed it last. Nothing blocks; safe for use by
 * many threads.
 */
interface PlaceStore extends AutoCloseable {

  /** Records of one user at most; the one written longest ago goes first. */
  int MOST = 100;

  /**
   * A record that was claimed.
   *
   * @param number of the claim, greater than those before
   * @param places as they were written; empty for none
   */
  record Claim(long number, byte[] places) {}

  /**
   * Takes a record over from whoever had it.
   *
   * @return fails with {@link HistoryException}
   */
  CompletionStage<Claim> claim(PlaceKey key);

  /**
   * Writes a record.
   *
   * @return false when another connection has claimed it since; fails with {@link HistoryException}
   */
  CompletionStage<Boolean> write(PlaceKey key, long claim, byte[] places);

  @Override
  default void close() {}
}
