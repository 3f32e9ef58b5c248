package io.sharedredis.conformance;

import io.sharedredis.conformance.Events.InvalidOperationException;
import io.sharedredis.conformance.Shapes.Unserializable;
import io.sharedredis.hub.ClientMethod;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.hub.HubName;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The hub behind the .NET client's functional tests. */
@HubEndpoint({
  "/default",
  "/default-nowebsockets",
  "/negotiateProtocolVersion12",
  "/negotiateProtocolVersionNegative"
})
class ClientTestHub extends Hub<ClientProxy> {

  /** Between two items of {@link #stream}. */
  private static final long STEP_MILLIS = 20;

  public String helloWorld() {
    return "Hello World!";
  }

  public @Nullable String echo(@Nullable String message) {
    return message;
  }

  public CompletionStage<Void> callEcho(@Nullable String message) {
    return clients().client(context().connectionId()).send("Echo", message);
  }

  public CompletionStage<Void> callHandlerThatDoesntExist() {
    return clients().client(context().connectionId()).send("NoClientHandler");
  }

  public String getCallerConnectionId() {
    return context().connectionId();
  }

  public @Nullable String getUserIdentifier() {
    return context().userId();
  }

  public List<@Nullable String> getHeaderValues(String[] names) {
    return Arrays.stream(names).map(name -> context().request().header(name)).toList();
  }

  public @Nullable String getCookieValue(String name) {
    return RequestFacts.cookie(context().request(), name);
  }

  public @Nullable String getHttpProtocol() {
    return RequestFacts.protocol(context().request());
  }

  public String getActiveTransportName() {
    return context().transport();
  }

  public void abort() {
    context().abort();
  }

  public Object[] getIHttpConnectionFeatureProperties() {
    return RequestFacts.ends(context().request());
  }

  public Stream<Integer> stream(int count) {
    return IntStream.range(0, count)
        .peek(
            i -> {
              try {
                Thread.sleep(STEP_MILLIS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            })
        .boxed();
  }

  public Stream<Integer> streamException() {
    throw new InvalidOperationException("Error occurred while streaming.");
  }

  @HubName("StreamBroken")
  public @Nullable Stream<String> streamBroken() {
    return null;
  }

  public Flow.Publisher<String> streamEcho(Flow.Publisher<String> source) {
    return source;
  }

  public Flow.Publisher<Integer> streamEchoInt(Flow.Publisher<Integer> source) {
    return source;
  }

  @HubName("StreamIAsyncConsumer")
  public Flow.Publisher<Integer> streamConsumer(Flow.Publisher<Integer> source) {
    return source;
  }

  public CompletionStage<Void> callWithUnserializableObject() {
    return clients().all().send("Foo", new Unserializable());
  }

  public Unserializable getUnserializableObject() {
    return new Unserializable();
  }

  /** The same in short. */
  @HubEndpoint("/dynamic")
  static class DynamicHub extends Hub<ClientProxy> {
    public String helloWorld() {
      return "Hello World!";
    }

    public @Nullable String echo(@Nullable String message) {
      return message;
    }

    public CompletionStage<Void> callEcho(@Nullable String message) {
      return clients().client(context().connectionId()).send("Echo", message);
    }

    public CompletionStage<Void> callHandlerThatDoesntExist() {
      return clients().client(context().connectionId()).send("NoClientHandler");
    }
  }

  /** The clients of {@link TypedHub}. */
  interface TypedClient {
    @ClientMethod("Echo")
    CompletionStage<Void> echo(@Nullable String message);

    @ClientMethod("NoClientHandler")
    CompletionStage<Void> noClientHandler();
  }

  /** The same with a client interface. */
  @HubEndpoint("/hubT")
  static class TypedHub extends Hub<TypedClient> {
    public String helloWorld() {
      return "Hello World!";
    }

    public @Nullable String echo(@Nullable String message) {
      return message;
    }

    public void callEcho(@Nullable String message) {
      CompletionStage<Void> unused = clients().client(context().connectionId()).echo(message);
    }

    public void callHandlerThatDoesntExist() {
      CompletionStage<Void> unused = clients().client(context().connectionId()).noClientHandler();
    }
  }
}
