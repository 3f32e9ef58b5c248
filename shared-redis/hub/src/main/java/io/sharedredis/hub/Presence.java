package io.sharedredis.hub;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected to a hub, on whichever replica. Thread-safe. Stages end within the deadline of
 * Redis and fail when the other replicas cannot be asked.
 *
 * <p>Whether somebody is connected and how many connections there are is always known. The other
 * numbers, pages and events need a record that replicas keep ({@code
 * shared-redis.hub.presence.enabled}) where there are several; without it they fail with {@link
 * UnsupportedOperationException}.
 */
public interface Presence {

  /** Most names of a {@link Page}: some hundred kilobytes. */
  int LARGEST_PAGE = 1_000;

  /** Connections of a user. */
  Subject user(String userId);

  /** Members of a group. */
  Subject group(String name);

  /** One connection. */
  Subject connection(String connectionId);

  /** How many connections the hub has on all replicas; may be a few seconds old for the others. */
  CompletionStage<Count> connections();

  /** All connections, by id. */
  default Roll everyone() {
    return new NoRoll();
  }

  /** Users with at least one connection. */
  default Roll users() {
    return new NoRoll();
  }

  /** Groups with at least one member. */
  default Roll groups() {
    return new NoRoll();
  }

  /**
   * Tells {@code listener} of users and members that come and go on any replica, within about a
   * second, until the result is closed. Events reach every replica, those of one group or user in
   * order and each once; {@link PresenceEvent.Missed} says where that could not be kept.
   *
   * @param listener runs on a thread of its own kind, one event after the other; it may be slow but
   *     should not wait for ever
   */
  default Listening listen(Consumer<PresenceEvent> listener) {
    throw NoRoll.notKept();
  }

  /** A list of names in the order of their UTF-8 bytes. */
  interface Roll {

    /** How many there are now. */
    CompletionStage<Count> count();

    /**
     * The names that follow {@code after}.
     *
     * @param after null to begin with the first, then {@link Page#next}
     * @param limit how many at most, 1 to {@link #LARGEST_PAGE}
     * @throws IllegalArgumentException when the limit is another
     */
    CompletionStage<Page> page(@Nullable String after, int limit);
  }

  /** Somebody who may be connected; the roll is of connection ids. */
  interface Subject extends Roll {

    /** Whether at least one connection is there now. */
    CompletionStage<Boolean> isConnected();

    @Override
    default CompletionStage<Count> count() {
      return new NoRoll().count();
    }

    @Override
    default CompletionStage<Page> page(@Nullable String after, int limit) {
      return new NoRoll().page(after, limit);
    }
  }

  /**
   * A number.
   *
   * @param value those that are known
   * @param partial whether there are servers in the farm that do not tell theirs, or not yet all of
   *     them again
   */
  record Count(long value, boolean partial) {}

  /**
   * Some names of a roll.
   *
   * @param next where the next page begins; null when this was the last one
   * @param partial as of {@link Count}
   */
  record Page(List<String> names, @Nullable String next, boolean partial) {
    public Page {
      names = List.copyOf(names);
    }

    /** Whether a page may be so long. */
    public static int requireLimit(int limit) {
      if (limit < 1 || limit > LARGEST_PAGE) {
        throw new IllegalArgumentException(
            "a page has 1 to " + LARGEST_PAGE + " names, but " + limit + " were asked for");
      }
      return limit;
    }
  }

  /** Ends when it is closed. */
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /** A roll that nobody keeps. */
  record NoRoll() implements Roll {

    private static UnsupportedOperationException notKept() {
      return new UnsupportedOperationException(
          "who is connected on other replicas is not recorded: set"
              + " shared-redis.hub.presence.enabled");
    }

    @Override
    public CompletionStage<Count> count() {
      return CompletableFuture.failedFuture(notKept());
    }

    @Override
    public CompletionStage<Page> page(@Nullable String after, int limit) {
      return CompletableFuture.failedFuture(notKept());
    }
  }
}
