package io.sharedredis.lettuce.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.lettuce.messaging.ConnectedSession.Subscription;
import io.sharedredis.lettuce.messaging.UserNews.Sessions;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UserTellingTest {

  private final UserTelling telling = new UserTelling(1024 * 1024);

  private static ConnectedSession session(String user, int subscriptions, int length) {
    return new ConnectedSession(
        user,
        "s",
        IntStream.range(0, subscriptions)
            .mapToObj(i -> new Subscription("" + i, "d".repeat(length)))
            .toList());
  }

  private static int encoded(List<List<ConnectedSession>> parts) {
    return parts.stream()
        .mapToInt(part -> UserNewsCodec.encode(1, new Sessions(1, 0, 1, part)).length)
        .sum();
  }

  @Test
  void clientMakesItsReplicaTellFewBytesHoweverMuchItSubscribesTo() {
    List<ConnectedSession> many = telling.parts(List.of(session("a", 100_000, 10))).get(0);
    assertThat(many.get(0).subscriptions()).hasSize(UserTelling.MOST_SUBSCRIPTIONS);
    assertThat(encoded(telling.parts(List.of(session("a", 100, 60_000))))).isLessThan(16 * 1024);
    assertThat(encoded(telling.parts(List.of(session("a", 256, 1000))))).isLessThan(16 * 1024);
  }

  @Test
  void usersAreAllToldWhenTheirSubscriptionsAreTooMany() {
    ConnectedSession greedy = session("a", 256, 10);
    List<List<ConnectedSession>> parts =
        telling.parts(IntStream.range(0, 5000).mapToObj(i -> greedy).toList());
    assertThat(parts.stream().mapToInt(List::size).sum()).isEqualTo(5000);
    assertThat(encoded(parts)).isLessThan(UserTelling.MOST_SUBSCRIPTION_BYTES);
    assertThat(parts.get(parts.size() - 1)).last().matches(last -> last.subscriptions().isEmpty());
  }

  @Test
  void nameThatNoMessageHoldsHidesNobodyElse() {
    ConnectedSession endless = session("a".repeat(1024 * 1024), 1, 1);
    ConnectedSession bob = session("bob", 1, 1);
    assertThat(telling.parts(List.of(endless, bob))).containsExactly(List.of(bob));
  }
}
