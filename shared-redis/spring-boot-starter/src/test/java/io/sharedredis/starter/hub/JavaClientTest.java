package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.microsoft.signalr.HttpHubConnectionBuilder;
import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.HubConnectionState;
import com.microsoft.signalr.TransportEnum;
import io.reactivex.rxjava3.core.Single;
import io.reactivex.rxjava3.subjects.ReplaySubject;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.starter.hub.HubApp.Item;
import io.sharedredis.starter.hub.HubApp.OrderNotifier;
import io.sharedredis.starter.hub.HubApp.OrderState;
import io.sharedredis.starter.hub.HubApp.Status;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

@HubAppTest
class JavaClientTest {
  private final List<HubConnection> opened = new ArrayList<>();

  @Value("${local.server.port}")
  private int port;

  @Autowired private OrderNotifier notifier;
  @Autowired private HubConnections connections;

  @AfterEach
  void stop() {
    opened.forEach(c -> c.stop().timeout(10, TimeUnit.SECONDS).blockingAwait());
    HubApp.EVENTS.clear();
  }

  private HubConnection connect(String path, String user) {
    HubConnection connection = build(path, user);
    opened.add(connection);
    connection.start().timeout(10, TimeUnit.SECONDS).blockingAwait();
    return connection;
  }

  @Test
  void callsAreAnswered() {
    HubConnection client = connect("/hub/open", null);
    assertThat(client.invoke(String.class, "echo", "grüße 🙂").blockingGet()).isEqualTo("grüße 🙂");
    assertThat(client.invoke(String.class, "time").blockingGet()).isEqualTo("noon");
    assertThat(
            client
                .invoke(OrderState.class, "pay", new OrderState(7, Status.Submitted))
                .blockingGet())
        .isEqualTo(new OrderState(7, Status.Paid));
    assertThat(client.invoke(String.class, "large", 100_000).blockingGet()).hasSize(100_000);
    assertThat(client.getConnectionId()).hasSize(22);
  }

  @Test
  void failuresAreTold() {
    HubConnection client = connect("/hub/open", null);
    assertThatThrownBy(() -> client.invoke("refuse").blockingAwait())
        .hasMessageContaining("HubException: not today");
    assertThatThrownBy(() -> client.invoke("none").blockingAwait())
        .hasMessageContaining("Method does not exist.");
  }

  @Test
  void clientAnswersTheHub() {
    HubConnection client = connect("/hub/open", null);
    client.onWithResult("ask", question -> Single.just(question.length()), String.class);
    assertThat(client.invoke(String.class, "askMe").blockingGet()).isEqualTo("got 8");
  }

  @Test
  void streamsGoBothWays() {
    HubConnection client = connect("/hub/open", null);
    assertThat(client.stream(Integer.class, "countdown", 500).toList().blockingGet())
        .hasSize(500)
        .startsWith(499)
        .endsWith(0);
    ReplaySubject<Integer> numbers = ReplaySubject.create();
    Single<Integer> sum = client.invoke(Integer.class, "sum", numbers);
    for (int i = 1; i <= 100; i++) {
      numbers.onNext(i);
    }
    numbers.onComplete();
    assertThat(sum.blockingGet()).isEqualTo(5050);
  }

  @Test
  void reactorsTypesGoBothWays() {
    HubConnection client = connect("/hub/open", null);
    ReplaySubject<Integer> numbers = ReplaySubject.create();
    numbers.onNext(1);
    numbers.onNext(2);
    numbers.onComplete();
    assertThat(client.stream(Integer.class, "countUp", numbers).toList().blockingGet())
        .containsExactly(2, 3);
    assertThat(client.invoke(String.class, "soon").blockingGet()).isEqualTo("soon");
  }

  @Test
  void argumentsAreValidated() {
    HubConnection client = connect("/hub/open", null);
    assertThat(client.invoke(Integer.class, "order", new Item("pen", 3), 2).blockingGet())
        .isEqualTo(6);
    assertThatThrownBy(
            () -> client.invoke(Integer.class, "order", new Item("", -3), 0).blockingGet())
        .hasMessageContaining("HubException: copies: ")
        .hasMessageContaining("; item.name: ")
        .hasMessageContaining("; item.quantity: ");
  }

  private void listen(String user, BlockingQueue<OrderState> told) {
    HubConnection client = connect("/hub/secret", user);
    client.on("UpdatedOrderState", told::add, OrderState.class);
    // The handshake is answered before the user is known to the hub; a call is answered after.
    assertThat(client.invoke(String.class, "whoAmI").blockingGet()).startsWith(user);
  }

  @Test
  void messagesReachTheirUserOnly() throws Exception {
    BlockingQueue<OrderState> alice = new LinkedBlockingQueue<>();
    BlockingQueue<OrderState> root = new LinkedBlockingQueue<>();
    listen("alice", alice);
    listen("root", root);
    notifier.paid("alice", 1);
    notifier.paidUntyped("alice", 2);
    notifier.paid("root", 3);
    assertThat(alice.poll(10, TimeUnit.SECONDS)).isEqualTo(new OrderState(1, Status.Paid));
    assertThat(alice.poll(10, TimeUnit.SECONDS)).isEqualTo(new OrderState(2, Status.Paid));
    assertThat(root.poll(10, TimeUnit.SECONDS)).isEqualTo(new OrderState(3, Status.Paid));
    assertThat(alice).isEmpty();
    assertThat(root).isEmpty();
  }

  @Test
  void methodsAreAuthorizedAsTheCaller() {
    HubConnection alice = connect("/hub/secret", "alice");
    assertThat(alice.invoke(String.class, "whoAmI").blockingGet()).isEqualTo("alice alice");
    assertThatThrownBy(() -> alice.invoke(String.class, "admin").blockingGet())
        .hasMessageContaining("Failed to invoke 'admin' because user is unauthorized");
    assertThat(connect("/hub/secret", "root").invoke(String.class, "admin").blockingGet())
        .isEqualTo("welcome");
  }

  @Test
  void whoMayNotCallIsToldNothingOfArguments() {
    HubConnection alice = connect("/hub/secret", "alice");
    HubConnection root = connect("/hub/secret", "root");
    for (String name : new String[] {"", "x"}) {
      assertThatThrownBy(() -> alice.invoke(String.class, "rename", name).blockingGet())
          .hasMessageContaining("Failed to invoke 'rename' because user is unauthorized");
    }
    assertThatThrownBy(() -> root.invoke(String.class, "rename", "").blockingGet())
        .hasMessageContaining("HubException: name: ");
    assertThat(root.invoke(String.class, "rename", "x").blockingGet()).isEqualTo("x");
  }

  @Test
  void hubBehindASignInRefusesStrangers() {
    assertThatThrownBy(() -> connect("/hub/secret", null)).hasMessageContaining("401");
  }

  @Test
  void stopEndsTheConnectionOnTheServer() throws Exception {
    HubConnection client = connect("/hub/open", null);
    assertThat(HubApp.EVENTS.poll(10, TimeUnit.SECONDS)).isEqualTo("connected");
    client.stop().blockingAwait();
    assertThat(HubApp.EVENTS.poll(10, TimeUnit.SECONDS)).isEqualTo("disconnected null");
  }

  @Test
  void serverEndsAConnectionForGood() {
    HubConnection client = connect("/hub/open", null);
    String id = client.getConnectionId();
    assertThat(connections.closeIf(c -> c.connectionId().equals(id), false)).isEqualTo(1);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> client.getConnectionState() == HubConnectionState.DISCONNECTED);
  }

  @Test
  void connectionWithoutNegotiationWorksToo() {
    HubConnection client =
        HubConnectionBuilder.create("http://localhost:" + port + "/hub/open")
            .shouldSkipNegotiate(true)
            .withTransport(TransportEnum.WEBSOCKETS)
            .build();
    opened.add(client);
    client.start().timeout(10, TimeUnit.SECONDS).blockingAwait();
    assertThat(client.invoke(String.class, "echo", "x").blockingGet()).isEqualTo("x");
  }

  private HubConnection build(String path, String user) {
    HttpHubConnectionBuilder builder =
        HubConnectionBuilder.create("http://localhost:" + port + path)
            .withTransport(TransportEnum.WEBSOCKETS);
    if (user != null) {
      byte[] credentials = (user + ":secret").getBytes(StandardCharsets.UTF_8);
      builder.withHeader(
          "Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
    }
    return builder.build();
  }
}
