package io.sharedredis.lettuce.backplane;

import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The twin of the history in Redis for replicas in one JVM: same positions, same bound. A new epoch
 * begins with {@link #beginAnew}, as it does when a server is replaced.
 */
final class InMemoryHistory {

  private final int maxLength;
  private final Map<String, Channel> channels = new HashMap<>();
  private long lastEpoch;

  /** What is known of one channel. */
  private static final class Channel {
    final Deque<History.Kept> kept = new ArrayDeque<>();
    final Map<Long, Map.Entry<Long, Position>> sent = new HashMap<>();
    final Map<String, Position> keys = new HashMap<>();
    Position end = Position.START;
    boolean anew = true;
  }

  InMemoryHistory(int maxLength) {
    this.maxLength = maxLength;
  }

  /** As after a fail-over: the server does not know the epoch as its own. */
  synchronized void beginAnew() {
    channels.values().forEach(channel -> channel.anew = true);
  }

  /** As after a fail-over to a server that lags: the last messages are unknown. */
  synchronized void forgetLast(String name, int messages) {
    Channel channel = channels.computeIfAbsent(name, key -> new Channel());
    for (int i = 0; i < messages; i++) {
      channel.end = channel.kept.removeLast().previous();
    }
    channel.sent.clear();
    channel.anew = true;
  }

  /**
   * @param publish gets each new payload, in order
   */
  synchronized List<Position> append(
      String name,
      long publisher,
      List<History.Entry> batch,
      Position confirmed,
      BiConsumer<String, byte[]> publish) {
    Channel channel = channels.computeIfAbsent(name, key -> new Channel());
    Position previous = channel.end;
    boolean behind = confirmed.compareTo(channel.end) > 0;
    if (behind) {
      previous = confirmed;
    }
    long epoch = channel.end.epoch();
    long offset = channel.end.offset();
    if (behind || channel.anew) {
      lastEpoch = Math.max(lastEpoch, confirmed.epoch()) + 1;
      epoch = lastEpoch;
      offset = 0;
      channel.anew = false;
    }
    List<Position> positions = new ArrayList<>();
    for (History.Entry entry : batch) {
      Map.Entry<Long, Position> last = channel.sent.get(publisher);
      Position known = entry.key() == null ? null : channel.keys.get(entry.key());
      if (known == null && last != null && entry.number() <= last.getKey()) {
        known = last.getValue();
      }
      if (known == null) {
        known = new Position(epoch, ++offset);
        byte[] payload = payload(entry, known);
        channel.kept.add(new History.Kept(known, previous, payload));
        if (channel.kept.size() > maxLength) {
          channel.kept.remove();
        }
        previous = known;
        channel.end = known;
        channel.sent.put(publisher, Map.entry(entry.number(), known));
        if (entry.key() != null) {
          channel.keys.put(entry.key(), known);
        }
        publish.accept(name, payload);
      }
      positions.add(known);
    }
    return positions;
  }

  private static byte[] payload(History.Entry entry, Position position) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(entry.bytes() + 20);
    out.writeBytes(entry.before());
    out.writeBytes(BackplaneCodec.position(position));
    out.writeBytes(entry.after());
    return out.toByteArray();
  }

  synchronized Position end(String name) {
    Channel channel = channels.get(name);
    return channel == null ? Position.START : channel.end;
  }

  synchronized History.Page after(String name, Position position, int messages, int bytes) {
    List<History.Kept> page = new ArrayList<>();
    Channel channel = channels.get(name);
    long length = 0;
    for (History.Kept kept : channel == null ? List.<History.Kept>of() : channel.kept) {
      if (kept.position().compareTo(position) > 0) {
        length += kept.payload().length;
        if (page.size() == messages || (!page.isEmpty() && length > bytes)) {
          return new History.Page(end(name), page, true);
        }
        page.add(kept);
      }
    }
    return new History.Page(end(name), page, false);
  }
}
