package io.sharedredis.lettuce.backplane;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is written of a client with a resume id. Immutable.
 *
 * @param connections ids of its connections, the present one last: what was sent to all but one of
 *     them is not for this client
 * @param positions of each channel it listens to, up to where it has received; names are {@code
 *     all}, {@code user} and {@code group:<name>}
 */
record Places(List<String> connections, Map<String, Position> positions) {

  /** Channels of one client that are written; the others begin at the present end each time. */
  static final int MOST_CHANNELS = 256;

  /** Connections remembered: what was sent over earlier ones is further back than anybody reads. */
  static final int MOST_CONNECTIONS = 8;

  static final Places NONE = new Places(List.of(), Map.of());

  private static final int VERSION = 1;

  Places {
    connections =
        List.copyOf(
            connections.subList(
                Math.max(0, connections.size() - MOST_CONNECTIONS), connections.size()));
    positions = Map.copyOf(positions);
  }

  /** {@code [1, [connection id, …], {channel: [epoch, offset], …}]}, names in order. */
  byte[] encode() {
    PayloadWriter out = new PayloadWriter(64 + 40 * (connections.size() + positions.size()));
    out.array(3).integer(VERSION).array(connections.size());
    for (String id : connections) {
      out.string(id);
    }
    out.map(positions.size());
    for (Map.Entry<String, Position> one : new TreeMap<>(positions).entrySet()) {
      out.string(one.getKey()).array(2);
      out.integer(one.getValue().epoch()).integer(one.getValue().offset());
    }
    return out.toBytes();
  }

  /**
   * Nothing but what {@link #encode} writes.
   *
   * @throws MalformedMessageException for anything else
   */
  static Places decode(byte[] bytes) {
    return decode(bytes, MOST_CHANNELS);
  }

  /**
   * As the other.
   *
   * @param mostChannels positions that may be there
   */
  static Places decode(byte[] bytes, int mostChannels) {
    PayloadReader in = new PayloadReader(bytes);
    if (in.array(3, "Places") != 3 || in.int32() != VERSION) {
      throw new MalformedMessageException("It is no record of version 1.");
    }
    List<String> connections = new ArrayList<>();
    for (int left = bounded(in.array(0, "Connections"), MOST_CONNECTIONS); left > 0; left--) {
      connections.add(in.string());
    }
    Map<String, Position> positions = new LinkedHashMap<>();
    for (int left = bounded(in.map(), mostChannels); left > 0; left--) {
      String channel = in.string();
      if (in.array(2, "Position") != 2) {
        throw new MalformedMessageException("A position has more than epoch and offset.");
      }
      Position position = new Position(in.int64(), in.int64());
      if (position.epoch() < 0 || position.offset() < 0) {
        throw new MalformedMessageException("A position is negative.");
      }
      if (positions.put(channel, position) != null) {
        throw new MalformedMessageException("A channel has two positions.");
      }
    }
    in.requireEnd();
    return new Places(connections, positions);
  }

  private static int bounded(int items, int most) {
    if (items > most) {
      throw new MalformedMessageException("It has more than " + most + " entries.");
    }
    return items;
  }
}
