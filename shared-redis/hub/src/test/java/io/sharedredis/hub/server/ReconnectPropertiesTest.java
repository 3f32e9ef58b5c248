package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.StatefulReconnects;
import io.sharedredis.hub.lifetime.InProcessHubLifetime;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.hub.protocol.Payload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Neither side loses or repeats a message, wherever the sockets are cut; a seed names each case.
 */
class ReconnectPropertiesTest {

  /** Cases of each protocol; {@code -Dreconnect.cases} asks for more. */
  private static final int CASES = Integer.getInteger("reconnect.cases", 20);

  private static final long SEED = Long.getLong("reconnect.seed", 1);

  private static final int STEPS = 1_500;

  /** Counts what reaches it. */
  static final class CountingHub extends Hub<ClientProxy> {
    private final List<Integer> calls;
    private final List<String> connects;

    CountingHub(List<Integer> calls, List<String> connects) {
      this.calls = calls;
      this.connects = connects;
    }

    @Override
    protected void onConnected() {
      connects.add(context().connectionId());
    }

    @Override
    protected void onDisconnected(Throwable failure) {
      connects.add("lost");
    }

    public int echo(int number) {
      calls.add(number);
      return number;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "messagepack"})
  void everyMessageArrivesOnceAndInOrder(String name) {
    for (long seed = SEED; seed < SEED + CASES; seed++) {
      run(name.equals("json") ? new JsonHubProtocol() : new MessagePackHubProtocol(), seed);
    }
  }

  private static void run(HubProtocol protocol, long seed) {
    Random random = new Random(seed);
    AtomicLong nanos = new AtomicLong();
    List<Integer> calls = new ArrayList<>();
    List<String> connects = new ArrayList<>();
    HubConnections connections = new HubConnections();
    HubServer server = server(protocol, nanos, connections, calls, connects, random);
    HubContext<CountingHub, ClientProxy> hub = server.context();
    ReturningClient client = new ReturningClient(server, protocol, random);
    // A socket lost before the client knows that it has shaken hands is no matter of numbers.
    while (!client.shaken()) {
      client.flow();
    }
    int called = 0;
    int told = 0;
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> {
          client.send(HubMessage.Invocation.of(String.valueOf(called), "Echo", List.of(called)));
          called++;
        }
        case 4, 5 -> hub.clients().all().send("Message", told++, "x".repeat(random.nextInt(300)));
        case 6, 7 -> client.flow();
        case 8 -> client.acknowledge();
        default -> {
          if (random.nextInt(4) == 0) {
            client.cut();
          }
          nanos.addAndGet(Duration.ofMillis(600).toNanos());
          connections.heartbeat();
        }
      }
    }
    for (int second = 0;
        second < 60 && !(done(client, called, told) && client.everythingAcknowledged());
        second++) {
      client.flowAll();
      client.acknowledge();
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      connections.heartbeat();
    }
    assertThat(client.returns).as("seed %d", seed).isPositive();
    assertThat(calls).as("calls, seed %d", seed).isEqualTo(upTo(called));
    assertThat(completions(client)).as("answers, seed %d", seed).isEqualTo(upTo(called));
    assertThat(messages(client)).as("messages, seed %d", seed).isEqualTo(upTo(told));
    assertThat(client.everythingAcknowledged()).as("acknowledged, seed %d", seed).isTrue();
    assertThat(connects).as("seed %d", seed).hasSize(1);
  }

  private static HubServer server(
      HubProtocol protocol,
      AtomicLong nanos,
      HubConnections connections,
      List<Integer> calls,
      List<String> connects,
      Random random) {
    int buffer = random.nextBoolean() ? 1_000 : 100_000;
    HubOptions options =
        HubOptions.defaults()
            .withStatefulReconnects(new StatefulReconnects(true, buffer, Duration.ofHours(1)));
    HubDefinition definition =
        HubDefinition.of(
                CountingHub.class,
                () -> {
                  CountingHub hub = new CountingHub(calls, connects);
                  return () -> hub;
                },
                List.of(protocol))
            .withOptions(options);
    return new HubServer(
        definition,
        (hub, protocols) -> new InProcessHubLifetime(),
        new HubRuntime(Runnable::run, nanos::get, connections));
  }

  private static boolean done(ReturningClient client, int called, int told) {
    return client.received.size() >= called + told;
  }

  private static List<Integer> completions(ReturningClient client) {
    return client.received.stream()
        .filter(HubMessage.Completion.class::isInstance)
        .map(message -> Integer.valueOf(((HubMessage.Completion) message).invocationId()))
        .toList();
  }

  private static List<Integer> messages(ReturningClient client) {
    return client.received.stream()
        .filter(HubMessage.Invocation.class::isInstance)
        .map(message -> (Payload) ((HubMessage.Invocation) message).arguments().get(0))
        .map(number -> (Integer) number.read(Integer.class))
        .toList();
  }

  private static List<Integer> upTo(int count) {
    return IntStream.range(0, count).boxed().toList();
  }
}
