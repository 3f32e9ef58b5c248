package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubException;
import io.sharedredis.hub.server.CallObserver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ReactorTypesTest {
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final AtomicLong made = new AtomicLong();
  private final HubOnAString client =
      new HubOnAString(
          ReactiveHub.class, () -> new ReactiveHub(this), List.of(), CallObserver.NONE, Map.of());

  static class ReactiveHub extends Hub<ClientProxy> {
    private final ReactorTypesTest test;

    ReactiveHub(ReactorTypesTest test) {
      this.test = test;
    }

    public Flux<Integer> count(int to) {
      return Flux.range(1, to);
    }

    public Mono<Flux<Integer>> countLater(int to) {
      return Mono.delay(Duration.ofMillis(1)).map(tick -> Flux.range(1, to));
    }

    public Publisher<Integer> published() {
      return Flux.just(7);
    }

    public Flux<Integer> failing() {
      return Flux.just(1).concatWith(Flux.error(new HubException("no more")));
    }

    public Flux<String> endless() {
      return Flux.<String>generate(
              sink -> {
                test.made.incrementAndGet();
                sink.next("x".repeat(1000));
              })
          .doOnCancel(() -> test.events.add("cancelled"));
    }

    public Mono<String> later(String text) {
      return Mono.delay(Duration.ofMillis(1)).map(tick -> text + "!");
    }

    public Mono<String> nothing() {
      return Mono.empty();
    }

    public Mono<String> refused() {
      return Mono.error(new HubException("not today"));
    }

    public Mono<Integer> sum(Flux<Integer> numbers) {
      return numbers
          .doOnError(failure -> test.events.add(String.valueOf(failure.getMessage())))
          .reduce(0, Integer::sum);
    }

    public Mono<Integer> first(Flux<Integer> numbers) {
      return numbers.next();
    }

    public Flux<String> upper(Publisher<String> words) {
      return Flux.from(words).map(String::toUpperCase);
    }
  }

  static class AsksForMono extends Hub<ClientProxy> {
    public void take(Mono<String> one) {}
  }

  @AfterEach
  void close() {
    client.close();
  }

  private static String item(String id, Object value) {
    return "{\"type\":2,\"invocationId\":\"" + id + "\",\"item\":" + value + "}";
  }

  private static String end(String id) {
    return "{\"type\":3,\"invocationId\":\"" + id + "\"}";
  }

  private void upload(String id, String target, String stream) {
    client.send(
        "{\"type\":1,\"invocationId\":\"%s\",\"target\":\"%s\",\"arguments\":[],\"streamIds\":[\"%s\"]}"
            .formatted(id, target, stream));
  }

  @Test
  void fluxIsAStream() {
    for (String method : List.of("count", "countLater")) {
      client.stream("s", method, "3");
      for (int i = 1; i <= 3; i++) {
        assertThat(client.next()).isEqualTo(item("s", i));
      }
      assertThat(client.next()).isEqualTo(end("s"));
    }
    client.stream("p", "published", "");
    assertThat(client.next()).isEqualTo(item("p", 7));
    assertThat(client.next()).isEqualTo(end("p"));
    client.call("1", "count", "3");
    assertThat(client.next()).contains("with a non-streaming invocation");
  }

  @Test
  void errorOfAFluxIsToldAfterItsItems() {
    client.stream("s", "failing", "");
    assertThat(client.next()).isEqualTo(item("s", 1));
    assertThat(client.next())
        .contains("An error occurred on the server while streaming results. HubException: no more");
  }

  @Test
  void fluxWaitsForASlowClientAndIsCancelled() throws Exception {
    client.stopReading();
    client.stream("s", "endless", "");
    // What 64 KiB of queue hold, and not more: nobody asks for further items.
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> made.get() >= 60);
    Awaitility.await()
        .during(Duration.ofMillis(200))
        .atMost(Duration.ofSeconds(20))
        .until(() -> made.get() < 100);
    client.send("{\"type\":5,\"invocationId\":\"s\"}");
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("cancelled");
    client.readOn();
    String message = client.next();
    while (message.contains("\"type\":2")) {
      message = client.next();
    }
    assertThat(message).isEqualTo(end("s"));
  }

  @Test
  void fluxIsCancelledWhenItsClientGoes() throws Exception {
    client.stopReading();
    client.stream("s", "endless", "");
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> made.get() > 0);
    client.disconnect();
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("cancelled");
  }

  @Test
  void monoIsAnAnswerThatComesLater() {
    client.call("1", "later", "\"a\"");
    assertThat(client.next()).contains("\"result\":\"a!\"");
    client.call("2", "nothing", "");
    assertThat(client.next()).contains("\"result\":null");
    client.call("3", "refused", "");
    assertThat(client.next()).contains("HubException: not today");
    client.stream("4", "later", "\"a\"");
    assertThat(client.next()).contains("with a streaming invocation");
  }

  @Test
  void fluxReadsWhatTheClientStreams() {
    upload("1", "sum", "u");
    for (int i = 1; i <= 100; i++) {
      client.send(item("u", i));
    }
    client.send(end("u"));
    assertThat(client.next()).contains("\"result\":5050");
    upload("2", "first", "v");
    client.send(item("v", 8));
    assertThat(client.next()).contains("\"result\":8");
    client.send(item("v", 9));
    client.send(end("v"));
    client.send(
        "{\"type\":4,\"invocationId\":\"3\",\"target\":\"upper\",\"arguments\":[],\"streamIds\":[\"w\"]}");
    client.send(item("w", "\"a\""));
    assertThat(client.next()).isEqualTo(item("3", "\"A\""));
    client.send(end("w"));
    assertThat(client.next()).isEqualTo(end("3"));
  }

  @Test
  void failuresOfAnUploadReachTheFlux() throws Exception {
    upload("1", "sum", "u");
    client.send("{\"type\":3,\"invocationId\":\"u\",\"error\":\"gave up\"}");
    assertThat(client.next()).contains("HubException: gave up");
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("gave up");
    upload("2", "sum", "v");
    client.send(item("v", 1));
    client.send(item("v", "null"));
    assertThat(client.next()).contains("HubException: An item of the stream is null.");
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo("An item of the stream is null.");
    upload("3", "sum", "w");
    client.send(item("w", 1));
    client.disconnect();
    assertThat(events.poll(20, TimeUnit.SECONDS)).contains("connection was closed");
  }

  @Test
  void monoIsNoStreamThatAClientCouldSend() {
    assertThatThrownBy(
            () ->
                new HubOnAString(
                    AsksForMono.class, AsksForMono::new, List.of(), CallObserver.NONE, Map.of()))
        .hasMessageContaining("AsksForMono.take")
        .hasMessageContaining("cannot come from a client");
  }
}
