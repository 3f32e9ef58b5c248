package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GapDetectionTest {

  private final ChannelNumbers numbers = new ChannelNumbers();
  private final GapDetector detector = new GapDetector();

  @Test
  void eachMessageNamesTheOneBeforeOnItsChannel() {
    List<Stamp> stamps = new ArrayList<>();
    for (String channel : List.of("a", "b", "a", "b", "a")) {
      stamps.add(send(channel));
    }
    assertThat(stamps)
        .containsExactly(
            new Stamp(1, 1, 0),
            new Stamp(1, 2, 0),
            new Stamp(1, 3, 1),
            new Stamp(1, 4, 2),
            new Stamp(1, 5, 3));
  }

  @Test
  void missingMessageIsNoticedOnceAtTheNextOne() {
    assertThat(detector.missed(send("a"))).isFalse();
    send("a");
    send("a");
    assertThat(detector.missed(send("a"))).isTrue();
    assertThat(detector.missed(send("a"))).isFalse();
  }

  @Test
  void messagesOfOtherChannelsAndOtherPublishersAreNotMissed() {
    assertThat(detector.missed(send("a"))).isFalse();
    send("b");
    assertThat(detector.missed(new Stamp(2, 900, 899))).isFalse();
    assertThat(detector.missed(send("a"))).isFalse();
    assertThat(detector.missed(null)).isFalse();
  }

  @Test
  void messageThatItsSenderWasToldOfIsNoSilentLoss() {
    assertThat(detector.missed(send("a"))).isFalse();
    send("a");
    numbers.broken("a");
    assertThat(detector.missed(send("a"))).isFalse();
  }

  private Stamp send(String channel) {
    return numbers.next(channel, (number, previous) -> new Stamp(1, number, previous));
  }
}
