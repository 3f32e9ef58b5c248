package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.hub.ClientMethod;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubException;
import io.sharedredis.hub.NonBlocking;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HubCallsTest {
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final TestServer server = new TestServer(ChatHub.class, () -> new ChatHub(this));
  private final TestServer detailed =
      new TestServer(
          ChatHub.class, () -> new ChatHub(this), d -> d.withOptions(TestServer.detailed()));

  @AfterEach
  void stop() {
    gate.countDown();
    server.close();
    detailed.close();
  }

  record Point(int x, int y) {}

  interface ChatClient {
    @ClientMethod("Message")
    void message(String text);

    CompletionStage<Integer> ask(String question);
  }

  static class ChatHub extends Hub<ChatClient> {
    private final HubCallsTest test;

    ChatHub(HubCallsTest test) {
      this.test = test;
    }

    @Override
    protected void onConnected() {
      test.events.add("connected " + context().connectionId());
    }

    @Override
    protected void onDisconnected(Throwable failure) {
      test.events.add(
          "disconnected " + (failure == null ? "null" : failure.getClass().getSimpleName()));
    }

    public String echo(String text) {
      return text;
    }

    public CompletionStage<Point> later(Point point) {
      return CompletableFuture.supplyAsync(() -> new Point(point.y(), point.x()));
    }

    public void nothing() {}

    public void fail(String text) {
      throw new IllegalArgumentException(text);
    }

    public void failHub(String text) {
      throw new HubException(text);
    }

    public void block() throws InterruptedException {
      test.events.add("blocking");
      test.gate.await();
    }

    public void join(String group) {
      groups().add(context().connectionId(), group);
    }

    public void toGroup(String group, String text) {
      clients().group(group).message(text);
    }

    public void toOthers(String text) {
      clients().others().message(text);
    }

    public void toUser(String user, String text) {
      clients().untyped().user(user).send("Message", text);
    }

    public CompletionStage<String> askMe() {
      return clients().caller().ask("how many").thenApply(n -> "got " + n);
    }

    public String count() {
      return String.valueOf(context().items().merge("n", 1, (a, b) -> (Integer) a + (Integer) b));
    }

    public void leave() {
      context().abort();
    }
  }

  private String answer(TestServer from, String target, String arguments) {
    TestClient client = from.connect();
    client.call("1", target, arguments);
    return client.next();
  }

  @Test
  void methodIsFoundByNameIgnoringCase() {
    assertThat(answer(server, "ECHO", "\"hi\""))
        .isEqualTo("{\"type\":3,\"invocationId\":\"1\",\"result\":\"hi\"}");
  }

  @Test
  void stageIsAnsweredWithWhatItCompletesWith() {
    assertThat(answer(server, "later", "{\"X\":1,\"y\":2}"))
        .isEqualTo("{\"type\":3,\"invocationId\":\"1\",\"result\":{\"x\":2,\"y\":1}}");
  }

  @Test
  void methodWithoutResultAnswersNull() {
    assertThat(answer(server, "nothing", ""))
        .isEqualTo("{\"type\":3,\"invocationId\":\"1\",\"result\":null}");
  }

  @Test
  void unknownMethodAndWrongArgumentsAnswerTheModelsTexts() {
    assertThat(answer(server, "nope", ""))
        .contains(
            "Failed to invoke 'nope' due to an error on the server. HubException: Method does not"
                + " exist.");
    assertThat(answer(server, "echo", ""))
        .contains("\"error\":\"Failed to invoke 'echo' due to an error on the server.\"");
    assertThat(answer(detailed, "echo", ""))
        .contains("InvalidDataException: Invocation provides 0 argument(s) but target expects 1.");
    assertThat(answer(detailed, "echo", "1")).contains("InvalidDataException: Error binding");
  }

  @Test
  void failureIsToldInDetailOnlyWhenMeantForTheClient() {
    assertThat(answer(server, "fail", "\"secret\""))
        .contains("\"error\":\"An unexpected error occurred invoking 'fail' on the server.\"");
    assertThat(answer(detailed, "fail", "\"why\""))
        .contains("invoking 'fail' on the server. IllegalArgumentException: why");
    assertThat(answer(server, "failHub", "\"why\""))
        .contains("invoking 'failHub' on the server. HubException: why");
  }

  @Test
  void callsOfOneClientRunOneAfterTheOtherAndPingsPassThem() throws Exception {
    TestClient client = server.connect();
    client.call("1", "block", "");
    client.call("2", "echo", "\"second\"");
    events.take();
    assertThat(events.take()).isEqualTo("blocking");
    assertThat(client.nothingCame()).isTrue();
    gate.countDown();
    assertThat(client.next()).contains("\"invocationId\":\"1\"");
    assertThat(client.next()).contains("\"invocationId\":\"2\"");
  }

  @Test
  void groupMembersGetItsMessagesOnce() {
    TestClient alice = server.connect();
    TestClient bob = server.connect();
    alice.call("1", "join", "\"room\"");
    alice.next();
    bob.call("1", "toGroup", "\"room\",\"hello\"");
    assertThat(alice.next())
        .isEqualTo("{\"type\":1,\"target\":\"Message\",\"arguments\":[\"hello\"]}");
    assertThat(bob.next()).contains("\"invocationId\":\"1\"");
    alice.call("2", "echo", "\"x\"");
    assertThat(alice.next()).contains("\"invocationId\":\"2\"");
  }

  @Test
  void othersAndUsersAreReached() {
    TestClient alice = server.connect("alice");
    TestClient bob = server.connect("bob");
    bob.call("1", "toOthers", "\"one\"");
    assertThat(alice.next()).contains("one");
    bob.call("2", "toUser", "\"alice\",\"two\"");
    assertThat(alice.next()).contains("two");
    assertThat(bob.next()).contains("\"invocationId\":\"1\"");
    assertThat(bob.next()).contains("\"invocationId\":\"2\"");
  }

  @Test
  void contextSendsFromAnywhere() {
    TestClient alice = server.connect("alice");
    server.<ChatHub, ChatClient>context().clients().user("alice").message("ping");
    assertThat(alice.next()).contains("\"Message\"").contains("ping");
  }

  @Test
  void hubMayAwaitItsCallersAnswer() {
    TestClient client = server.connect();
    client.call("1", "askMe", "");
    assertThat(client.next())
        .isEqualTo(
            "{\"type\":1,\"invocationId\":\"s1\",\"target\":\"ask\",\"arguments\":[\"how many\"]}");
    client.send("{\"type\":3,\"invocationId\":\"s1\",\"result\":7}");
    assertThat(client.next()).contains("\"result\":\"got 7\"");
  }

  @Test
  void answerOfAnotherConnectionClosesIt() {
    TestClient asked = detailed.connect();
    TestClient other = detailed.connect();
    asked.call("1", "askMe", "");
    asked.next();
    other.send("{\"type\":3,\"invocationId\":\"s1\",\"result\":7}");
    assertThat(other.next())
        .contains("Connection ID 'connection-2' is not valid for invocation ID 's1'.");
    asked.send("{\"type\":3,\"invocationId\":\"s1\",\"result\":8}");
    assertThat(asked.next()).contains("got 8");
  }

  @Test
  void itemsLastAsLongAsTheConnection() {
    TestClient client = server.connect();
    client.call("1", "count", "");
    assertThat(client.next()).contains("\"1\"}");
    client.call("2", "count", "");
    assertThat(client.next()).contains("\"2\"}");
  }

  @Test
  void abortClosesWithoutReconnect() throws Exception {
    TestClient client = server.connect();
    client.call("1", "leave", "");
    assertThat(client.next()).isEqualTo("{\"type\":7}");
    assertThat(client.next()).isEqualTo(TestClient.END);
    events.take();
    assertThat(events.take()).isEqualTo("disconnected null");
  }

  static class Overloaded extends Hub<ClientProxy> {
    public void twice() {}

    public void TWICE(int a) {}
  }

  static class Generic extends Hub<ClientProxy> {
    public <T> void any(T a) {}
  }

  static class WaitingStream extends Hub<ClientProxy> {
    @NonBlocking
    public Stream<Integer> count() {
      return Stream.of(1);
    }
  }

  @NonBlocking
  static class WaitingMonitor extends Hub<ClientProxy> {
    public synchronized void enter() {}
  }

  static class NonBlockingCallback extends Hub<ClientProxy> {
    @NonBlocking
    @Override
    protected void onConnected() {}
  }

  @Test
  void nonBlockingIsRefusedWhereItCannotBeTrue() {
    assertThatThrownBy(() -> new TestServer(WaitingStream.class, WaitingStream::new))
        .hasMessageContaining("WaitingStream.count is @NonBlocking");
    assertThatThrownBy(() -> new TestServer(WaitingMonitor.class, WaitingMonitor::new))
        .hasMessageContaining("WaitingMonitor.enter is @NonBlocking");
    assertThatThrownBy(() -> new TestServer(NonBlockingCallback.class, NonBlockingCallback::new))
        .hasMessageContaining("onConnected is @NonBlocking but is none that clients can call");
  }

  interface BadClient {
    int count();
  }

  static class BadClientHub extends Hub<BadClient> {}

  @Test
  void misuseFailsAtTheStartAndNamesTheMethod() {
    assertThatThrownBy(() -> new TestServer(Overloaded.class, Overloaded::new))
        .hasMessageContaining("Overloading is not supported")
        .hasMessageContaining("Overloaded.twice");
    assertThatThrownBy(() -> new TestServer(Generic.class, Generic::new))
        .hasMessageContaining("Method 'any' is a generic method");
    assertThatThrownBy(() -> new TestServer(BadClientHub.class, BadClientHub::new))
        .hasMessageContaining("count()");
  }
}
