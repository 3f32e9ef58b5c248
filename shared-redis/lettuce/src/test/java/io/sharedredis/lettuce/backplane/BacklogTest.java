package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.backplane.Backlog.Held;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BacklogTest {

  private final List<String> ran = new ArrayList<>();
  private final Room room = new Room(1_000);
  private final Backlog backlog = new Backlog(room);
  private final Backlog other = new Backlog(room);

  private Held plain(String name, int bytes) {
    return Held.plain(() -> ran.add(name), bytes, 0);
  }

  @Test
  void bytesAreBoundedTogetherWithOtherChannels() {
    assertThat(backlog.add(plain("a", 600))).isTrue();
    assertThat(other.add(plain("b", 500))).isFalse();
    assertThat(other.add(plain("c", 400))).isTrue();
    assertThat(room.free()).isZero();
    backlog.removeFirst();
    assertThat(other.add(plain("d", 500))).isTrue();
  }

  @Test
  void roomIsGivenBackHoweverMessagesLeave() {
    assertThat(backlog.add(plain("a", 1))).isTrue();
    assertThat(backlog.add(plain("b", 2))).isTrue();
    backlog.flushPlain();
    assertThat(ran).containsExactly("a", "b");
    assertThat(backlog.add(plain("c", 3))).isTrue();
    assertThat(backlog.takeAll()).hasSize(1);
    assertThat(backlog.first()).isNull();
    assertThat(room.free()).isEqualTo(1_000);
  }

  @Test
  void theirNumberIsBoundedToo() {
    for (int i = 0; i < Backlog.MOST; i++) {
      assertThat(backlog.add(plain("a", 0))).isTrue();
    }
    assertThat(backlog.add(plain("b", 0))).isFalse();
  }
}
