package io.sharedredis.lettuce.backplane;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the last reliable messages of each channel. Nothing blocks; safe for use by many threads.
 * Channel names are without the channel prefix.
 */
interface History extends AutoCloseable {

  /**
   * A message on its way into the history.
   *
   * @param number the publisher's, greater than that of the one before on the same channel
   * @param before the payload up to where the position goes
   * @param after the rest of it
   * @param key the application's name for it; null for none
   */
  record Entry(long number, byte[] before, byte[] after, @Nullable String key) {
    int bytes() {
      return before.length + after.length;
    }
  }

  /**
   * What became of a batch.
   *
   * @param positions of each message, also when it was kept by an earlier try
   * @param confirmed whether as many replicas of Redis have them as are wanted
   */
  record Appended(List<Position> positions, boolean confirmed) {}

  /**
   * A message as it was published.
   *
   * @param previous the one before it, as its publisher saw it
   */
  record Kept(Position position, Position previous, byte[] payload) {}

  /**
   * Keeps messages in their order, each once, and publishes those that are new. A batch that was
   * sent before is recognised by its numbers.
   *
   * @param publisher whose numbers they are
   * @param confirmed last position of the channel that this publisher was told to be confirmed
   * @return fails with {@link HistoryException}
   */
  CompletionStage<Appended> append(
      String channel, long publisher, List<Entry> batch, Position confirmed);

  /**
   * Some of what is kept after a position.
   *
   * @param end position of the last message of all, at the same moment; {@link Position#START} when
   *     nothing is known of the channel
   * @param kept oldest first
   * @param more whether there are later ones
   */
  record Page(Position end, List<Kept> kept, boolean more) {}

  /** Position of the last message; {@link Position#START} when nothing is known of the channel. */
  CompletionStage<Position> end(String channel);

  /**
   * What is kept of the messages after a position.
   *
   * @param messages at most
   * @param bytes of payload, at most; a message that is longer comes alone
   */
  CompletionStage<Page> after(String channel, Position position, int messages, int bytes);

  @Override
  default void close() {}
}
