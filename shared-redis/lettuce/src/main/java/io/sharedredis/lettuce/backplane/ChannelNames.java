package io.sharedredis.lettuce.backplane;

import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.CRC16;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Names in Redis of channels and of what is kept of them. Immutable.
 *
 * <p>With partitions a channel belongs to the partition that the CRC-16 of its name says, and lies,
 * with its history, in the slot of that partition's tag: the smallest number whose slot is in the
 * partition's share of all slots. Shares are as large as each other and follow each other, as those
 * of masters do, so that each master gets as many partitions as the next, or one more.
 */
final class ChannelNames {

  /** What the names of sharded channels begin with, after the prefix. */
  static final String SHARD = "shared-redis:shard:{";

  private final String prefix;
  private final List<String> tags;

  /** The one partition in which every channel lies, or a negative number. */
  private final int only;

  /**
   * @param partitions 0 for ordinary channels, which every node of a cluster hears
   */
  ChannelNames(String prefix, int partitions) {
    this.prefix = prefix;
    List<String> found = new ArrayList<>();
    for (int partition = 0; partition < partitions; partition++) {
      found.add(tag(partition, partitions));
    }
    this.tags = List.copyOf(found);
    this.only = -1;
  }

  private ChannelNames(String prefix, List<String> tags, int only) {
    this.prefix = prefix;
    this.tags = tags;
    this.only = only;
  }

  /** Names as if every channel belonged to this partition: for what belongs to each of them. */
  ChannelNames inPartition(int partition) {
    return new ChannelNames(prefix, tags, partition);
  }

  private static String tag(int partition, int partitions) {
    int number = 0;
    while (SlotHash.getSlot(Integer.toString(number)) * partitions / SlotHash.SLOT_COUNT
        != partition) {
      number++;
    }
    return Integer.toString(number);
  }

  /** What every name begins with. */
  String prefix() {
    return prefix;
  }

  boolean sharded() {
    return !tags.isEmpty();
  }

  int partitions() {
    return tags.size();
  }

  /** The partition of a channel. */
  int partition(String channel) {
    return only >= 0 ? only : CRC16.crc16(channel.getBytes(StandardCharsets.UTF_8)) % tags.size();
  }

  /** The slot in which everything of a partition lies. */
  int slot(int partition) {
    return SlotHash.getSlot(tags.get(partition));
  }

  /** What a channel is called in Redis. */
  String name(String channel) {
    return sharded()
        ? prefix + SHARD + tags.get(partition(channel)) + "}:" + channel
        : prefix + channel;
  }

  /** The channel that is called so in Redis. */
  String channel(String name) {
    String rest = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    int end = sharded() && rest.startsWith(SHARD) ? rest.indexOf("}:") : -1;
    return end < 0 ? rest : rest.substring(end + 2);
  }

  /** What the keys of a channel's history begin with; all lie in one slot. */
  String history(String channel) {
    String begin = prefix + "shared-redis:backplane:reliable:{";
    return sharded()
        ? begin + tags.get(partition(channel)) + "}:" + channel + ":"
        : begin + channel + "}:";
  }
}
