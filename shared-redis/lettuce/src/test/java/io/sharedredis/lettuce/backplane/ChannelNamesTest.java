package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChannelNamesTest {

  @Test
  void partitionsAreSpreadEvenlyOverAnyNumberOfMasters() {
    for (int partitions : new int[] {1, 3, 8, 16, 64, 256}) {
      ChannelNames names = new ChannelNames("", partitions);
      for (int masters = 1; masters <= Math.min(partitions, 12); masters++) {
        int[] each = new int[masters];
        for (int i = 0; i < partitions; i++) {
          // As CLUSTER CREATE gives slots out: one range after the other.
          each[names.slot(i) * masters / SlotHash.SLOT_COUNT]++;
        }
        // A tag lies anywhere in its share, so that a border between masters may cut two of them.
        int least = IntStream.of(each).min().orElseThrow();
        int most = IntStream.of(each).max().orElseThrow();
        assertThat(most - least).as(partitions + " over " + masters).isLessThanOrEqualTo(2);
        assertThat(least).as(partitions + " over " + masters).isPositive();
      }
    }
  }

  @Test
  void channelAndItsHistoryLieInTheSlotOfThePartition() {
    ChannelNames names = new ChannelNames("app:", 8);
    for (String channel : List.of("Hub:all", "Hub:group:{x}", "Hub:group:}{", "Hub:user:ä", "")) {
      int slot = names.slot(names.partition(channel));
      assertThat(SlotHash.getSlot(names.name(channel))).as(channel).isEqualTo(slot);
      assertThat(SlotHash.getSlot(names.history(channel) + "end")).isEqualTo(slot);
      assertThat(names.name(channel)).startsWith("app:shared-redis:shard:{").endsWith(channel);
      assertThat(names.channel(names.name(channel))).isEqualTo(channel);
      ChannelNames first = names.inPartition(0);
      assertThat(SlotHash.getSlot(first.name(channel))).isEqualTo(names.slot(0));
    }
  }

  /** What is written today is read for ever: replicas of two versions are to meet. */
  @Test
  void namesAreThoseOfTheDocument() throws IOException {
    ChannelNames names = new ChannelNames("", 8);
    assertThat(names.name("Shop.ChatHub:all"))
        .isEqualTo("shared-redis:shard:{42}:Shop.ChatHub:all");
  }

  @Test
  void ordinaryNamesHoldThePrefixOnly() {
    ChannelNames names = new ChannelNames("app:", 0);
    assertThat(names.name("Hub:all")).isEqualTo("app:Hub:all");
    assertThat(names.channel("app:Hub:all")).isEqualTo("Hub:all");
    assertThat(names.history("Hub:all"))
        .isEqualTo("app:shared-redis:backplane:reliable:{Hub:all}:");
  }

  @Test
  void numbersAndPrefixesThatCannotWorkAreNamed() {
    BackplaneOptions options = BackplaneOptions.named("a");
    assertThatThrownBy(() -> options.withPartitions(-1)).hasMessageContaining("'partitions'");
    assertThatThrownBy(() -> options.withPartitions(257)).hasMessageContaining("257");
    assertThatThrownBy(() -> options.withPartitions(8).withChannelPrefix("{x}"))
        .hasMessageContaining("'channelPrefix'");
  }
}
