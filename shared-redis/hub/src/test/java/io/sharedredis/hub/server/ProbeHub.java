package io.sharedredis.hub.server;

import io.sharedredis.hub.Cancellation;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubException;
import io.sharedredis.hub.HubName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The Java twin of the hub whose talk was recorded, method for method; refuses {@code Secret*} to
 * everybody.
 */
class ProbeHub extends Hub<ClientProxy> {
  static final class DerivedHubException extends HubException {
    private static final long serialVersionUID = 1L;

    DerivedHubException(String text) {
      super(text);
    }
  }

  /** Here only so that the texts of the recording come out. */
  static final class InvalidOperationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidOperationException(String text) {
      super(text);
    }
  }

  static final class ArgumentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ArgumentException(String text) {
      super(text);
    }
  }

  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  record Sample(String name, int[] numbers, Integer day, double ratio) {}

  /** Cannot be written. */
  static final class Node {
    public Node getSelf() {
      return this;
    }
  }

  public Object loop() {
    return new Node();
  }

  public CompletionStage<Void> sendLoop() {
    return clients().caller().send("Message", new Node());
  }

  public Stream<Object> loopStream() {
    return Stream.of(new Node());
  }

  public String id() {
    return context().connectionId();
  }

  public String echo(String text) {
    return text;
  }

  public int add(int left, int right) {
    return left + right;
  }

  public void nothing() {}

  public CompletionStage<Void> nothingAsync() {
    return CompletableFuture.completedFuture(null);
  }

  @HubName("Null")
  public String nul() {
    return null;
  }

  public Sample echoObject(Sample value) {
    return value;
  }

  @HubName("renamed")
  public String original() {
    return "renamed";
  }

  @HubName("Throw")
  public void fail(String text) {
    throw new InvalidOperationException(text);
  }

  public CompletionStage<Void> throwAsync(String text) {
    return CompletableFuture.failedFuture(new ArgumentException(text));
  }

  public void throwHub(String text) {
    throw new HubException(text);
  }

  public void throwDerived(String text) {
    throw new DerivedHubException(text);
  }

  public CompletionStage<String> block(int milliseconds) {
    return CompletableFuture.supplyAsync(
        () -> "done", CompletableFuture.delayedExecutor(milliseconds, TimeUnit.MILLISECONDS));
  }

  public void abort() {
    context().abort();
  }

  public String user() {
    return context().userId();
  }

  public String secret() {
    throw new Refused();
  }

  public Stream<Integer> secretStream() {
    throw new Refused();
  }

  public CompletionStage<Void> sendSelf(String text) {
    return clients().caller().send("Message", text);
  }

  public void sendMany(int count, int size) {
    for (int i = 0; i < count; i++) {
      clients().caller().send("Message", i, "x".repeat(size));
    }
  }

  public Stream<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed();
  }

  public Stream<Integer> numbersAsync(int count) {
    return numbers(count);
  }

  private static Stream<Integer> thenThrow(int count, RuntimeException failure) {
    return Stream.iterate(0, i -> i + 1)
        .map(
            i -> {
              if (i == count) {
                throw failure;
              }
              return i;
            });
  }

  public Stream<Integer> numbersThenThrow(int count, String text) {
    return thenThrow(count, new InvalidOperationException(text));
  }

  public Stream<Integer> numbersThenThrowHub(int count, String text) {
    return thenThrow(count, new HubException(text));
  }

  public Stream<Integer> throwBeforeStream(String text) {
    throw new InvalidOperationException(text);
  }

  public Stream<Integer> nullStream() {
    return null;
  }

  public Flow.Publisher<Integer> oneThenWait(Cancellation token) {
    return reader ->
        reader.onSubscribe(
            new Flow.Subscription() {
              private boolean sent;

              @Override
              public void request(long n) {
                if (!sent) {
                  sent = true;
                  reader.onNext(0);
                }
              }

              @Override
              public void cancel() {}
            });
  }

  public String concat(Stream<String> items) {
    return items.collect(Collectors.joining());
  }

  public String prefixConcat(String prefix, Stream<String> items) {
    return prefix + items.collect(Collectors.joining());
  }

  public int sumBoth(Stream<Integer> left, Stream<Integer> right) {
    return left.mapToInt(i -> i).sum() + right.mapToInt(i -> i).sum();
  }

  public String firstOnly(Stream<String> items) {
    return items.findFirst().orElse("none");
  }

  public CompletionStage<Void> neverReads(Stream<Integer> items) {
    return block(1500).thenAccept(done -> {});
  }

  public Stream<String> upper(Stream<String> items) {
    return items.map(String::toUpperCase);
  }

  public CompletionStage<String> askCaller() {
    return clients()
        .caller()
        .invoke(int.class, "Result")
        .handle((n, failure) -> failure == null ? "got " + n : describe(failure));
  }

  public CompletionStage<String> askCallerObject() {
    return clients()
        .caller()
        .invoke(Sample.class, "Result")
        .handle(
            (o, failure) ->
                failure == null ? "got " + (o == null ? "" : o.name()) : describe(failure));
  }

  public CompletionStage<Integer> askCallerUncaught() {
    return clients().caller().invoke(int.class, "Result").thenApply(n -> n);
  }

  private static String describe(Throwable wrapped) {
    Throwable failure = ErrorTexts.unwrap(wrapped);
    return failure.getClass().getSimpleName() + ": " + failure.getMessage();
  }

  public CompletionStage<Void> join(String group) {
    return groups().add(context().connectionId(), group);
  }

  public void toGroups(List<String> names, Map<String, String> unused, String text) {
    clients().groups(names).send("Message", text);
  }
}
