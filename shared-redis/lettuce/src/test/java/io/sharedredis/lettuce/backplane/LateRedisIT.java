package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.lettuce.backplane.BackplaneException.Outcome;
import io.sharedredis.lettuce.backplane.Replicas.Replica;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.testkit.backplane.TestConnection;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replicas and clients that are there before Redis is. */
class LateRedisIT {

  private final RedisServer redis = RedisServer.startOwn();
  private final Replicas replicas = new Replicas();
  private Replica a;
  private Replica b;
  private TestConnection onA;
  private TestConnection onB;

  @BeforeEach
  void startWithoutRedis() {
    redis.stop();
    a = replicas.begin(redis.url(), options -> options);
    b = replicas.begin(redis.url(), options -> options);
    onA = a.connect(new TestConnection("on-a", "ann", Replicas.LINE));
    onB = b.connect(new TestConnection("on-b", "ann", Replicas.LINE));
    done(b.lifetime().addToGroup("on-b", "early"));
  }

  @AfterEach
  void stop() {
    replicas.close();
    redis.close();
  }

  @Test
  void sendWithoutRedisReachesLocalClientsAndFailsAtOnceForTheOthers() {
    CompletionStage<Void> sent = a.lifetime().send(new Recipients.All(Set.of()), call("m"));
    assertThat(sent.toCompletableFuture())
        .failsWithin(Duration.ofMillis(100))
        .withThrowableThat()
        .havingRootCause()
        .isInstanceOfSatisfying(
            BackplaneException.class,
            exception -> assertThat(exception.outcome()).isEqualTo(Outcome.NOT_SENT));
    assertThat(onA.received()).containsExactly("m()");
    assertThat(onB.received()).isEmpty();
  }

  @Test
  void nobodyIsDeafOnceRedisHasCome() throws Exception {
    redis.startAgain();
    await().atMost(Replicas.SOON).until(() -> a.backplane().settled() && b.backplane().settled());
    HubLifetime lifetime = a.lifetime();

    done(lifetime.send(new Recipients.All(Set.of()), call("all")));
    done(lifetime.send(new Recipients.Users(List.of("ann")), call("user")));
    done(lifetime.send(new Recipients.Connections(List.of("on-b")), call("connection")));
    done(lifetime.send(new Recipients.Groups(List.of("early"), Set.of()), call("early")));
    done(lifetime.addToGroup("on-b", "late"));
    done(lifetime.send(new Recipients.Groups(List.of("late"), Set.of()), call("late")));
    await()
        .atMost(Replicas.SOON)
        .untilAsserted(
            () ->
                assertThat(onB.received())
                    .containsExactly("all()", "user()", "connection()", "early()", "late()"));

    CompletableFuture<?> answer = lifetime.invoke("on-b", "ask", List.of(), String.class);
    await().atMost(Replicas.SOON).until(() -> onB.calls().size() == 6);
    String id = onB.calls().get(5).invocationId();
    b.lifetime().completeInvocation(onB, Completion.ofResult(id, "yes"));
    assertThat(answer.get()).isEqualTo("yes");
  }

  private static Invocation call(String target) {
    return Invocation.of(null, target, List.of());
  }

  private static void done(CompletionStage<Void> stage) {
    assertThat(stage.toCompletableFuture()).succeedsWithin(Replicas.SOON);
  }
}
