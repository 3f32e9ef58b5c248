package io.sharedredis.lettuce.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.messaging.UserNews.Sessions;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RemoteSessionsTest {

  private static final int MOST = 100_000;

  private final RemoteSessions remote = new RemoteSessions(1000, () -> 0, MOST);

  /** Fifty of them do not fit. */
  private static List<ConnectedSession> sessions(String user, int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new ConnectedSession(user, "x".repeat(1000), List.of()))
        .toList();
  }

  @Test
  void publisherThatTellsWithoutEndIsForgottenAndNotAskedAgain() {
    assertThat(remote.told(1, new Sessions(1, 0, 1, sessions("alice", 10)))).isTrue();
    for (int part = 0; part < 1000; part++) {
      assertThat(remote.told(2, new Sessions(1, part, 1000, sessions("bob", 10)))).isTrue();
      assertThat(remote.bytes()).isLessThanOrEqualTo(MOST);
    }
    assertThat(remote.refuses(2)).isTrue();
    assertThat(remote.alive(2, 1)).isTrue();
    assertThat(remote.users()).containsExactly("alice");
  }

  @Test
  void publishersThatNeverFinishHoldABoundedNumberOfBytes() {
    for (int publisher = 1; publisher < 500; publisher++) {
      boolean unused = remote.told(publisher, new Sessions(1, 0, 2, sessions("bob", 10)));
      assertThat(remote.bytes()).isLessThanOrEqualTo(MOST);
    }
    assertThat(remote.bytes()).isPositive();
  }

  @Test
  void replicaThatHadNoRoomIsAskedWhenThereIsRoom() {
    remote.told(1, new Sessions(1, 0, 1, sessions("alice", 30)));
    remote.told(2, new Sessions(4, 0, 1, sessions("bob", 30)));
    assertThat(remote.users()).containsExactly("alice");
    assertThat(remote.alive(2, 4)).isTrue();
    remote.gone(1);
    assertThat(remote.alive(2, 4)).isFalse();
    remote.told(2, new Sessions(5, 0, 1, sessions("bob", 30)));
    assertThat(remote.refuses(2)).isFalse();
    assertThat(remote.users()).containsExactly("bob");
    assertThat(remote.alive(2, 5)).isTrue();
  }
}
