package io.sharedredis.conformance;

import io.sharedredis.conformance.Events.InvalidOperationException;
import io.sharedredis.conformance.Shapes.ComplexObject;
import io.sharedredis.conformance.Shapes.CustomObject;
import io.sharedredis.hub.Cancellation;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.HubEndpoint;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The hub behind the browser client's functional tests. */
@HubEndpoint({"/testhub", "/testhub-nowebsockets"})
class FunctionalHub extends Hub<ClientProxy> {
  private final HubContext<FunctionalHub, ClientProxy> everywhere;

  FunctionalHub(HubContext<FunctionalHub, ClientProxy> everywhere) {
    this.everywhere = everywhere;
  }

  public @Nullable String echo(@Nullable String message) {
    return message;
  }

  public String getCallerConnectionId() {
    return context().connectionId();
  }

  public int getNumRedirects() {
    String redirects = context().request().parameter("numRedirects");
    return redirects == null ? 0 : Integer.parseInt(redirects);
  }

  public void throwException(String message) {
    throw new InvalidOperationException(message);
  }

  public CompletionStage<Void> invokeWithString(String message) {
    return clients().caller().send("Message", message);
  }

  public CompletionStage<Void> sendCustomObject(CustomObject value) {
    return clients().caller().send("CustomObject", value);
  }

  public ComplexObject echoComplexObject(ComplexObject value) {
    return value;
  }

  public ComplexObject sendComplexObject() {
    return ComplexObject.example();
  }

  public @Nullable String getContentTypeHeader() {
    return context().request().header("Content-Type");
  }

  public @Nullable String getHeader(String name) {
    return context().request().header(name);
  }

  public @Nullable String getCookie(String name) {
    return RequestFacts.cookie(context().request(), name);
  }

  public String getActiveTransportName() {
    return context().transport();
  }

  public Stream<String> stream() {
    return Stream.of("a", "b", "c");
  }

  public Stream<Integer> emptyStream() {
    return Stream.of();
  }

  public Stream<String> streamThrowException(String message) {
    throw new InvalidOperationException(message);
  }

  public Flow.Publisher<String> infiniteStream(Cancellation cancelled) {
    String id = context().connectionId();
    CompletionStage<Void> unused =
        cancelled
            .whenCancelled()
            .thenCompose(nothing -> everywhere.clients().client(id).send("StreamCanceled"));
    return reader ->
        reader.onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long n) {}

              @Override
              public void cancel() {}
            });
  }

  public String streamingConcat(Stream<String> stream) {
    return stream.collect(Collectors.joining());
  }
}
