package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ObservedCallsTest {
  private final ObservationRegistry registry = ObservationRegistry.create();
  private final BlockingQueue<HubInvocationContext> seen = new LinkedBlockingQueue<>();
  private @Nullable HubOnAString client;

  static class SeenHub extends Hub<ClientProxy> {
    private final ObservationRegistry registry;

    SeenHub(ObservationRegistry registry) {
      this.registry = registry;
    }

    public String current() {
      Observation current = registry.getCurrentObservation();
      return current == null ? "none" : current.getContext().getName();
    }

    public void refuse() {
      throw new HubException("no");
    }
  }

  @BeforeEach
  void open() {
    client =
        new HubOnAString(
            SeenHub.class,
            () -> new SeenHub(registry),
            List.of(),
            new ObservedCalls(() -> registry, new HubInvocationConvention()),
            Map.of("traceparent", List.of("of the request")));
  }

  @AfterEach
  void close() {
    client.close();
  }

  private void handle() {
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<HubInvocationContext>() {
              @Override
              public void onStop(HubInvocationContext context) {
                seen.add(context);
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return context instanceof HubInvocationContext;
              }
            });
  }

  private HubInvocationContext next() throws InterruptedException {
    HubInvocationContext context = seen.poll(20, TimeUnit.SECONDS);
    assertThat(context).isNotNull();
    return context;
  }

  @Test
  void withoutAHandlerNoObservationIsMade() {
    client.call("1", "current", "");
    assertThat(client.next()).contains("\"result\":\"none\"");
  }

  @Test
  void callIsAnObservationAroundItsMethod() throws Exception {
    handle();
    client.call("1", "CURRENT", "");
    assertThat(client.next()).contains("\"result\":\"shared-redis.hub.invocation\"");
    HubInvocationContext context = next();
    assertThat(context.getContextualName()).isEqualTo("hub ObservedCallsTest$SeenHub/current");
    assertThat(context.getLowCardinalityKeyValues())
        .extracting(pair -> pair.getKey() + "=" + pair.getValue())
        .containsExactlyInAnyOrder("hub=" + SeenHub.class.getName(), "method=current");
    assertThat(context.getHighCardinalityKeyValue("connection").getValue()).isEqualTo("one");
    assertThat(context.getError()).isNull();
    assertThat(registry.getCurrentObservation()).isNull();
  }

  @Test
  void errorsAreSeenAndNamesThatAreNoMethodsShareOne() throws Exception {
    handle();
    client.call("1", "refuse", "");
    assertThat(client.next()).contains("HubException: no");
    assertThat(next().getError()).isInstanceOf(HubException.class).hasMessage("no");
    client.call("2", "whatever", "");
    assertThat(client.next()).contains("Method does not exist.");
    assertThat(next().method()).isEqualTo("(unknown)");
  }

  @Test
  void traceGoesOnThatTheMessageNamesElseThatOfTheRequest() throws Exception {
    handle();
    client.call("1", "current", "");
    HubInvocationContext context = next();
    assertThat(context.getGetter().get(context.getCarrier(), "traceparent"))
        .isEqualTo("of the request");
    client.send(
        "{\"type\":1,\"headers\":{\"traceparent\":\"of the message\"},\"invocationId\":\"2\",\"target\":"
            + "\"current\",\"arguments\":[]}");
    context = next();
    assertThat(context.getGetter().get(context.getCarrier(), "traceparent"))
        .isEqualTo("of the message");
  }
}
