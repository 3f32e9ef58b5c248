package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.Cancellation;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamsTest {
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final LongAdder made = new LongAdder();
  private final CountDownLatch gate = new CountDownLatch(1);
  private TestServer server;
  private TestClient client;

  @BeforeEach
  void start() {
    server = new TestServer(StreamHub.class, () -> new StreamHub(this));
    client = server.connect();
  }

  @AfterEach
  void stop() {
    gate.countDown();
    server.close();
  }

  static class StreamHub extends Hub<ClientProxy> {
    private final StreamsTest test;

    StreamHub(StreamsTest test) {
      this.test = test;
    }

    public Stream<Integer> countdown(int from) {
      return IntStream.rangeClosed(1, from).map(i -> from - i).boxed();
    }

    public Flow.Publisher<String> wait(Cancellation cancellation) {
      cancellation.whenCancelled().thenRun(() -> test.events.add("cancelled"));
      SubmissionPublisher<String> publisher = new SubmissionPublisher<>();
      CompletableFuture.runAsync(
          () -> {
            while (publisher.getNumberOfSubscribers() == 0) {
              Thread.onSpinWait();
            }
            publisher.submit("first");
          });
      return publisher;
    }

    public CompletionStage<Stream<Integer>> later() {
      return CompletableFuture.supplyAsync(() -> Stream.of(1));
    }

    public Stream<Integer> failing() {
      return Stream.of(1, 2)
          .map(
              i -> {
                if (i == 2) {
                  throw new HubException("no more");
                }
                return i;
              });
    }

    public Flow.Publisher<Integer> nothing() {
      return null;
    }

    public Stream<Integer> refusing() {
      throw new HubException("not at all");
    }

    public Stream<String> endless() {
      test.events.add("started");
      return Stream.generate(() -> "x".repeat(1000)).onClose(() -> test.events.add("closed"));
    }

    /** Makes an item whenever it is asked for one, on whichever thread asks. */
    public Flow.Publisher<String> endlessPublisher() {
      return reader ->
          reader.onSubscribe(
              new Flow.Subscription() {
                private long demand;
                private boolean emitting;
                private volatile boolean cancelled;

                @Override
                public void request(long n) {
                  demand += n;
                  if (emitting) {
                    return;
                  }
                  emitting = true;
                  while (demand > 0 && !cancelled) {
                    demand--;
                    test.made.increment();
                    reader.onNext("x".repeat(1000));
                  }
                  emitting = false;
                }

                @Override
                public void cancel() {
                  cancelled = true;
                  test.events.add("cancelled");
                }
              });
    }

    public String plain() {
      return "plain";
    }

    public String concat(String prefix, Stream<String> parts) {
      return prefix + parts.collect(Collectors.joining());
    }

    public CompletionStage<Integer> sum(Flow.Publisher<Integer> a, Flow.Publisher<Integer> b) {
      return total(a).thenCombine(total(b), Integer::sum);
    }

    private static CompletionStage<Integer> total(Flow.Publisher<Integer> numbers) {
      CompletableFuture<Integer> total = new CompletableFuture<>();
      numbers.subscribe(
          new Flow.Subscriber<>() {
            private int sum;

            @Override
            public void onSubscribe(Flow.Subscription subscription) {
              subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(Integer item) {
              sum += item;
            }

            @Override
            public void onError(Throwable failure) {
              total.completeExceptionally(failure);
            }

            @Override
            public void onComplete() {
              total.complete(sum);
            }
          });
      return total;
    }

    public Stream<String> upper(Stream<String> words) {
      return words.map(String::toUpperCase);
    }

    public String slowReader(Stream<Integer> numbers) throws InterruptedException {
      test.gate.await();
      return String.valueOf(numbers.mapToInt(i -> i).sum());
    }

    public String firstOnly(Stream<String> words) {
      return words.findFirst().orElse("none");
    }
  }

  @Test
  void publisherThatAnswersEachRequestAtOnceHoldsUpNobodyWhenItsClientGoes() throws Exception {
    client.stopReading();
    stream("s", "endlessPublisher", "");
    // What the queue holds; then it waits, and the end of the connection makes room.
    long late = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (made.sum() < 60) {
      assertThat(System.nanoTime()).as("time until the queue is full").isLessThan(late);
      Thread.onSpinWait();
    }
    CompletableFuture<Void> gone = CompletableFuture.runAsync(client::disconnect);
    gone.get(20, TimeUnit.SECONDS);
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("cancelled");
  }

  private void stream(String id, String target, String arguments) {
    client.send(
        "{\"type\":4,\"invocationId\":\""
            + id
            + "\",\"target\":\""
            + target
            + "\",\"arguments\":["
            + arguments
            + "]}");
  }

  private void upload(int type, String id, String target, String arguments, String streams) {
    client.send(
        "{\"type\":"
            + type
            + ",\"invocationId\":\""
            + id
            + "\",\"target\":\""
            + target
            + "\",\"arguments\":["
            + arguments
            + "],\"streamIds\":["
            + streams
            + "]}");
  }

  private void item(String stream, String value) {
    client.send("{\"type\":2,\"invocationId\":\"" + stream + "\",\"item\":" + value + "}");
  }

  private void end(String stream) {
    client.send("{\"type\":3,\"invocationId\":\"" + stream + "\"}");
  }

  @Test
  void itemsAreFollowedByAnEndWithoutResult() {
    stream("s", "Countdown", "3");
    for (int i = 2; i >= 0; i--) {
      assertThat(client.next()).isEqualTo("{\"type\":2,\"invocationId\":\"s\",\"item\":" + i + "}");
    }
    assertThat(client.next()).isEqualTo("{\"type\":3,\"invocationId\":\"s\"}");
  }

  @Test
  void streamMayComeLater() {
    stream("s", "later", "");
    assertThat(client.next()).contains("\"item\":1");
    assertThat(client.next()).isEqualTo("{\"type\":3,\"invocationId\":\"s\"}");
  }

  @Test
  void cancelledStreamEndsWithoutErrorAndItsMethodIsTold() throws Exception {
    stream("s", "wait", "");
    assertThat(client.next()).contains("first");
    client.send("{\"type\":5,\"invocationId\":\"s\"}");
    assertThat(client.next()).isEqualTo("{\"type\":3,\"invocationId\":\"s\"}");
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("cancelled");
    client.send("{\"type\":5,\"invocationId\":\"s\"}");
    client.call("1", "plain", "");
    assertThat(client.next()).contains("plain");
  }

  @Test
  void endOfTheConnectionCancelsStreams() throws Exception {
    stream("s", "wait", "");
    assertThat(client.next()).contains("first");
    client.disconnect();
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("cancelled");
  }

  @Test
  void failuresAreToldInTheModelsWords() {
    stream("s", "failing", "");
    assertThat(client.next()).contains("\"item\":1");
    assertThat(client.next())
        .contains("An error occurred on the server while streaming results. HubException: no more");
    stream("n", "nothing", "");
    assertThat(client.next())
        .contains(
            "The value returned by the streaming method 'nothing' is not a ChannelReader<> or"
                + " IAsyncEnumerable<>.");
    stream("r", "refusing", "");
    assertThat(client.next())
        .contains(
            "An unexpected error occurred invoking 'refusing' on the server. HubException: not at all");
    stream("p", "plain", "");
    assertThat(client.next())
        .contains(
            "The client attempted to invoke the non-streaming 'plain' method with a streaming"
                + " invocation.");
    client.call("c", "countdown", "3");
    assertThat(client.next())
        .contains(
            "The client attempted to invoke the streaming 'countdown' method with a non-streaming"
                + " invocation.");
  }

  @Test
  void idOfARunningStreamIsInUse() {
    stream("s", "wait", "");
    assertThat(client.next()).contains("first");
    stream("s", "countdown", "1");
    assertThat(client.next()).contains("Invocation ID 's' is already in use.");
    client.send("{\"type\":5,\"invocationId\":\"s\"}");
    assertThat(client.next()).isEqualTo("{\"type\":3,\"invocationId\":\"s\"}");
  }

  @Test
  void streamIsNoFasterThanItsClient() throws Exception {
    client.stopReading();
    stream("s", "endless", "");
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("started");
    client.disconnect();
    assertThat(events.poll(10, TimeUnit.SECONDS)).isEqualTo("closed");
  }

  @Test
  void uploadIsReadAsAStreamOrAPublisher() {
    upload(1, "1", "concat", "\"a\"", "\"u\"");
    item("u", "\"b\"");
    item("u", "\"c\"");
    end("u");
    assertThat(client.next()).contains("\"result\":\"abc\"");
    upload(1, "2", "sum", "", "\"v\",\"w\"");
    item("v", "1");
    item("w", "10");
    item("v", "2");
    end("w");
    end("v");
    assertThat(client.next()).contains("\"result\":13");
  }

  @Test
  void uploadMayBeAnsweredWithAStream() {
    upload(4, "1", "upper", "", "\"u\"");
    item("u", "\"a\"");
    assertThat(client.next()).contains("\"item\":\"A\"");
    end("u");
    assertThat(client.next()).isEqualTo("{\"type\":3,\"invocationId\":\"1\"}");
  }

  @Test
  void wrongNumberOfStreamsIsRefused() {
    upload(1, "1", "concat", "\"a\"", "\"u\",\"v\"");
    assertThat(client.next())
        .contains(
            "An unexpected error occurred invoking 'concat' on the server. HubException: Client"
                + " sent 2 stream(s), Hub method expects 1.");
    client.call("2", "concat", "\"a\"");
    assertThat(client.next()).contains("Client sent 0 stream(s), Hub method expects 1.");
    upload(1, "3", "sum", "", "\"u\",\"u\"");
    assertThat(client.next()).contains("already in use");
  }

  @Test
  void errorOrWrongItemEndsTheUpload() {
    upload(1, "1", "sum", "", "\"u\",\"v\"");
    item("u", "\"text\"");
    end("v");
    assertThat(client.next()).contains("HubException: Failed to bind Stream message.");
    upload(1, "2", "concat", "\"a\"", "\"w\"");
    client.send("{\"type\":3,\"invocationId\":\"w\",\"error\":\"gave up\"}");
    assertThat(client.next()).contains("HubException: gave up");
  }

  @Test
  void slowReaderHoldsUpTheConnectionAndLosesNothing() {
    upload(1, "1", "slowReader", "", "\"u\"");
    for (int i = 1; i <= 1000; i++) {
      item("u", String.valueOf(i));
    }
    end("u");
    client.call("2", "plain", "");
    assertThat(client.nothingCame()).isTrue();
    gate.countDown();
    // The call that waited runs beside the one that reads: their answers come in either order.
    assertThat(client.next() + client.next())
        .contains("\"result\":\"500500\"")
        .contains("\"result\":\"plain\"");
  }

  @Test
  void itemsAfterTheMethodsEndAreDropped() {
    upload(1, "1", "firstOnly", "", "\"u\"");
    for (int i = 0; i < 100; i++) {
      item("u", "\"w" + i + "\"");
    }
    assertThat(client.next()).contains("\"result\":\"w0\"");
    item("u", "\"more\"");
    item("unknown", "1");
    end("u");
    client.call("2", "plain", "");
    assertThat(client.next()).contains("plain");
  }
}
