package io.sharedredis.lettuce.relay;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Marks in the stream of what all replicas publish, which two of them find between the same
 * messages: Redis puts everything in one order, and each replica hears all of it, marks included,
 * over one connection. What comes before the mark is the old owner's to deliver, what comes after
 * it the new one's. Thread-safe; nothing blocks.
 *
 * <p>A mark is published once, on the old owner's own channel, to which the new one listens as
 * well.
 */
public final class Cuts implements AutoCloseable {

  private final RelayWire wire;
  private final String prefix;
  private final String server;

  /** What is to happen at marks, by their ids. */
  private final Map<String, Runnable> expected = new ConcurrentHashMap<>();

  /** How many marks are awaited on other replicas' channels. */
  private final Map<String, Integer> listened = new ConcurrentHashMap<>();

  /**
   * Begins to listen.
   *
   * @param application isolates farms that share one Redis
   * @param server this process's name
   */
  public Cuts(RelayWire wire, String application, String server) {
    this.wire = wire;
    this.prefix = "shared-redis:" + application + ":hub:relay:cut:{";
    this.server = server;
    wire.listen(channel(server), this::heard);
  }

  private String channel(String owner) {
    return prefix + owner + "}";
  }

  /** Runs {@code action} at the mark of that id, between the messages before it and after it. */
  public void expect(String id, Runnable action) {
    expected.put(id, action);
  }

  /** The mark is not awaited any more. */
  public void forget(String id) {
    expected.remove(id);
  }

  /**
   * A number that stays the same as long as nothing that is published can have been missed;
   * negative while nothing is heard at all.
   */
  public long epoch() {
    return wire.epoch();
  }

  /** Listens for marks of another owner; completes when none is missed. */
  public CompletionStage<Void> listen(String owner) {
    listened.merge(owner, 1, Integer::sum);
    return wire.listening(channel(owner), this::heard);
  }

  /** As often as {@link #listen}. */
  public void leave(String owner) {
    Integer left = listened.computeIfPresent(owner, (name, count) -> count > 1 ? count - 1 : null);
    if (left == null && !owner.equals(server)) {
      wire.leave(channel(owner));
    }
  }

  /** Publishes a mark for the owner and this replica. */
  public CompletionStage<Void> publish(String owner, String id) {
    return wire.publish(channel(owner), id.getBytes(StandardCharsets.UTF_8));
  }

  private void heard(byte[] payload) {
    if (payload.length > 64) {
      return;
    }
    Runnable action = expected.remove(new String(payload, StandardCharsets.UTF_8));
    if (action != null) {
      action.run();
    }
  }

  @Override
  public void close() {
    wire.leave(channel(server));
  }
}
