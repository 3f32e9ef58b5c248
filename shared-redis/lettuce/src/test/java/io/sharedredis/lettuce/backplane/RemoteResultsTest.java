package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.lifetime.ClientResults;
import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubMessage.Ping;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ReturnAddress;
import io.sharedredis.testkit.ManualScheduler;
import io.sharedredis.testkit.MutableClock;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RemoteResultsTest {
  private static final HubProtocol JSON = new JsonHubProtocol();

  private final ManualScheduler scheduler =
      new ManualScheduler(MutableClock.at("2026-01-31T12:00:00Z"));
  private final List<String> published = new ArrayList<>();
  private final HubConnection client = client();
  private final RemoteResults results =
      new RemoteResults(
          bus(), List.of(JSON), new ClientResults(), new BackplaneMeters(), scheduler);

  @Test
  void answerGoesToTheReplicaThatAsked() {
    ask("1");
    scheduler.advance(Duration.ofMinutes(5));

    assertThat(answer("1")).isTrue();
    assertThat(published).containsExactly("asker");
    assertThat(answer("1")).isFalse();
  }

  @Test
  void answerThatNeverComesIsForgotten() {
    ask("1");
    scheduler.advance(Duration.ofMinutes(10));

    assertThat(answer("1")).isFalse();
    assertThat(published).isEmpty();
  }

  @Test
  void clientsThatNeverAnswerDoNotKeepOthersFromBeingAsked() {
    for (int i = 0; i < 10_000; i++) {
      ask("silent" + i);
    }
    ask("refused");
    assertThat(published).hasSize(1);
    published.clear();
    scheduler.advance(Duration.ofMinutes(10));

    ask("1");
    assertThat(published).isEmpty();
    assertThat(answer("1")).isTrue();
  }

  @Test
  void nothingRunsAfterTheEnd() {
    results.close();
    scheduler.advance(Duration.ofMinutes(5));
    assertThat(scheduler.waiting()).isZero();
  }

  private void ask(String id) {
    results.asked(client, new ReturnAddress(id, "asker"), SerializedHubMessage.of(new Ping()));
  }

  private boolean answer(String id) {
    return results.answered(client, Completion.ofError(id, "no"));
  }

  private static HubConnection client() {
    return (HubConnection)
        Proxy.newProxyInstance(
            HubConnection.class.getClassLoader(),
            new Class<?>[] {HubConnection.class},
            (proxy, method, arguments) ->
                method.getName().equals("protocol")
                    ? JSON
                    : CompletableFuture.completedFuture(null));
  }

  private BackplaneBus bus() {
    return (BackplaneBus)
        Proxy.newProxyInstance(
            BackplaneBus.class.getClassLoader(),
            new Class<?>[] {BackplaneBus.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("publish");
              published.add((String) arguments[0]);
              return CompletableFuture.completedFuture(null);
            });
  }
}
