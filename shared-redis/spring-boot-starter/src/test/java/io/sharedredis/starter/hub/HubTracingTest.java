package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.handler.PropagatingReceiverTracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import io.sharedredis.hub.server.CallObserver;
import io.sharedredis.spring.hub.ObservedCalls;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/** Where the application has a tracer, calls are spans without further settings. */
@HubAppTest
@Import(HubTracingTest.Tracing.class)
class HubTracingTest {
  private static final String REQUESTS = "0af7651916cd43dd8448eb211c80319c";
  private static final String MESSAGES = "4bf92f3577b34da6a3ce929d0e0e4736";

  @Value("${local.server.port}")
  private int port;

  @Autowired private SimpleTracer tracer;
  @Autowired private CallObserver calls;

  @TestConfiguration
  static class Tracing {

    @Bean
    SimpleTracer tracer() {
      return new SimpleTracer();
    }

    @Bean
    PropagatingReceiverTracingObservationHandler<?> tracing(SimpleTracer tracer) {
      return new PropagatingReceiverTracingObservationHandler<>(tracer, new TraceParent(tracer));
    }
  }

  /** Reads the id of the trace only. */
  private record TraceParent(SimpleTracer tracer) implements Propagator {

    @Override
    public List<String> fields() {
      return List.of("traceparent");
    }

    @Override
    public <C> void inject(TraceContext context, C carrier, Setter<C> setter) {}

    @Override
    public <C> Span.Builder extract(C carrier, Getter<C> getter) {
      String given = getter.get(carrier, "traceparent");
      Span.Builder span = tracer.spanBuilder();
      return given == null
          ? span
          : span.setParent(
              tracer
                  .traceContextBuilder()
                  .traceId(given.substring(3, 35))
                  .spanId(given.substring(36, 52))
                  .build());
    }
  }

  @Test
  void callsGoOnTheTraceOfTheirMessageElseOfTheRequest() throws Exception {
    assertThat(calls).isInstanceOf(ObservedCalls.class);
    try (RawSocket client = RawSocket.webSocket(port, header(REQUESTS))) {
      client.text("{\"protocol\":\"json\",\"version\":1}\u001e");
      assertThat(client.answer()).isEqualTo("{}\u001e");
      client.text(call("1", "time", ""));
      assertThat(client.answer()).contains("noon");
      client.text(
          call("2", "refuse", "\"headers\":{\"traceparent\":\"" + parent(MESSAGES) + "\"},"));
      assertThat(client.answer()).contains("not today");
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> spans().size() == 2);
    SimpleSpan time = span("time");
    assertThat(time.getTraceId()).isEqualTo(REQUESTS);
    assertThat(time.getError()).isNull();
    SimpleSpan refused = span("refuse");
    assertThat(refused.getTraceId()).isEqualTo(MESSAGES);
    assertThat(refused.getError()).hasMessage("not today");
  }

  private static String parent(String trace) {
    return "00-" + trace + "-b7ad6b7169203331-01";
  }

  private static String header(String trace) {
    return "traceparent: " + parent(trace) + "\r\n";
  }

  private static String call(String id, String method, String headers) {
    return "{\"type\":1,"
        + headers
        + "\"invocationId\":\""
        + id
        + "\",\"target\":\""
        + method
        + "\",\"arguments\":[]}\u001e";
  }

  private List<SimpleSpan> spans() {
    return tracer.getSpans().stream().filter(span -> span.getTags().containsKey("hub")).toList();
  }

  private SimpleSpan span(String method) {
    return spans().stream()
        .filter(span -> Objects.equals(span.getTags().get("method"), method))
        .findFirst()
        .orElseThrow();
  }
}
