package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubCallContext;
import io.sharedredis.hub.HubException;
import io.sharedredis.hub.HubName;
import io.sharedredis.hub.NonBlocking;
import io.sharedredis.hub.lifetime.InProcessHubLifetime;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallObserverTest {
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private final CompletableFuture<String> pending = new CompletableFuture<>();
  private boolean broken;
  private final TestServer server =
      new TestServer(
          SeenHub.class,
          () -> new SeenHub(this),
          d -> d,
          (name, protocols) -> new InProcessHubLifetime(),
          (hub, method) -> (context, headers) -> begun(method, context, headers));

  private ObservedCall begun(String method, HubCallContext context, Map<String, String> headers) {
    if (broken) {
      throw new IllegalStateException("the observer is broken");
    }
    seen.add("begin " + method + headers + " of " + context.connectionId());
    return new ObservedCall() {
      @Override
      public Scope enter() {
        seen.add("enter");
        return () -> seen.add("leave");
      }

      @Override
      public void end(@Nullable Throwable failure) {
        seen.add("end " + method + " " + failure);
        if (method.equals("badEnd")) {
          throw new IllegalStateException("the observer is broken");
        }
      }
    };
  }

  static class SeenHub extends Hub<ClientProxy> {
    private final CallObserverTest test;

    SeenHub(CallObserverTest test) {
      this.test = test;
    }

    @HubName("Greet")
    public String hello() {
      test.seen.add("runs");
      return "hello";
    }

    @NonBlocking
    public CompletionStage<String> later() {
      return test.pending;
    }

    public void refuse() {
      throw new HubException("no");
    }

    public Stream<Integer> failing() {
      return Stream.of(1, 0).map(i -> 1 / i);
    }

    public String badEnd() {
      return "ended";
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String next() throws InterruptedException {
    return String.valueOf(seen.poll(10, TimeUnit.SECONDS));
  }

  @Test
  void callIsSeenUnderItsNameWithItsHeadersUntilItsAnswer() throws Exception {
    TestClient client = server.connect();
    client.send(
        "{\"type\":1,\"headers\":{\"traceparent\":\"t\"},\"invocationId\":\"1\",\"target\":\"GREET\","
            + "\"arguments\":[]}");
    assertThat(client.next()).contains("hello");
    assertThat(next()).isEqualTo("begin Greet{traceparent=t} of connection-1");
    assertThat(next()).isEqualTo("enter");
    assertThat(next()).isEqualTo("runs");
    assertThat(next()).isEqualTo("leave");
    assertThat(next()).isEqualTo("end Greet null");
  }

  @Test
  void callEndsWhenItsStageDoes() throws Exception {
    TestClient client = server.connect();
    client.call("1", "later", "");
    assertThat(next()).startsWith("begin later");
    assertThat(next()).isEqualTo("enter");
    assertThat(next()).isEqualTo("leave");
    assertThat(seen).isEmpty();
    pending.completeExceptionally(new HubException("too late"));
    assertThat(client.next()).contains("too late");
    assertThat(next()).isEqualTo("end later io.sharedredis.hub.HubException: too late");
  }

  @Test
  void failuresAreSeenWhereverTheyHappen() throws Exception {
    TestClient client = server.connect();
    client.call("1", "refuse", "");
    assertThat(client.next()).contains("HubException: no");
    assertThat(last(4)).isEqualTo("end refuse io.sharedredis.hub.HubException: no");
    client.send("{\"type\":4,\"invocationId\":\"s\",\"target\":\"failing\",\"arguments\":[]}");
    assertThat(client.next()).contains("\"item\":1");
    assertThat(client.next()).contains("\"error\"");
    assertThat(last(4)).isEqualTo("end failing java.lang.ArithmeticException: / by zero");
    client.call("3", "nothing", "");
    assertThat(client.next()).contains("Method does not exist.");
    client.call("4", "norThis", "");
    assertThat(client.next()).contains("Method does not exist.");
    for (int i = 0; i < 2; i++) {
      assertThat(next()).isEqualTo("begin (unknown){} of connection-1");
      assertThat(next()).startsWith("end (unknown) io.sharedredis.hub.HubException");
    }
  }

  private String last(int events) throws InterruptedException {
    String last = "";
    for (int i = 0; i < events; i++) {
      last = next();
    }
    return last;
  }

  @Test
  void brokenObserverHarmsNoCall() {
    TestClient client = server.connect();
    client.call("1", "badEnd", "");
    assertThat(client.next()).contains("\"result\":\"ended\"");
    broken = true;
    client.call("2", "greet", "");
    assertThat(client.next()).contains("\"result\":\"hello\"");
    client.call("3", "nothing", "");
    assertThat(client.next()).contains("Method does not exist.");
  }
}
