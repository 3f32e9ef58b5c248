package io.sharedredis.lettuce.messaging;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Names of one application's channels.
 *
 * <p>Destinations share {@value #PARTITIONS} channels by their hash. A subscription with a pattern
 * then means all of them, instead of a second channel on which every message would have to be sent
 * again; and however many destinations clients invent, Redis sees a bounded number of names.
 */
final class MessagingChannels {

  /**
   * How many channels carry destinations: with a hundred destinations in use a replica hears a
   * fortieth of what is not for it, and a replica's first pattern costs eight SUBSCRIBE commands of
   * 512 channels. The same on every replica: part of the format.
   */
  static final int PARTITIONS = 4096;

  private final String prefix;

  MessagingChannels(String application) {
    this.prefix = "shared-redis:" + application + ":messaging:";
  }

  /** The part that a destination belongs to: the lowest twelve bits of its CRC-32. */
  static int partition(String destination) {
    CRC32 crc = new CRC32();
    crc.update(destination.getBytes(StandardCharsets.UTF_8));
    return (int) (crc.getValue() % PARTITIONS);
  }

  String destinations(int partition) {
    return prefix + "destinations:{" + partition + "}";
  }

  String user(String name) {
    return prefix + "user:{" + name + "}";
  }

  /** Where replicas tell each other which users are connected to them. */
  String users() {
    return prefix + "users";
  }
}
