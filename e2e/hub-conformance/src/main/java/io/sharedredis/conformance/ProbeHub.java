package io.sharedredis.conformance;

import io.sharedredis.conformance.Events.ArgumentException;
import io.sharedredis.conformance.Events.DerivedHubException;
import io.sharedredis.conformance.Events.InvalidOperationException;
import io.sharedredis.conformance.Shapes.Node;
import io.sharedredis.conformance.Shapes.Sample;
import io.sharedredis.hub.Cancellation;
import io.sharedredis.hub.HubException;
import io.sharedredis.hub.HubName;
import java.security.Principal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;

/** One behaviour a method: calls, failures, streams and uploads. */
abstract class ProbeHub extends ProbeMessagesHub {

  @Override
  protected void onConnected() {
    Events.add(context().connectionId(), "connected");
  }

  @Override
  protected void onDisconnected(@Nullable Throwable failure) {
    Events.add(context().connectionId(), "disconnected " + Events.describe(failure));
  }

  public String id() {
    return context().connectionId();
  }

  public @Nullable String echo(@Nullable String text) {
    return text;
  }

  public int add(int left, int right) {
    return left + right;
  }

  public void nothing() {
    Events.add(context().connectionId(), "Nothing");
  }

  public CompletionStage<Void> nothingAsync() {
    return CompletableFuture.completedFuture(null);
  }

  @HubName("Null")
  public @Nullable String nothingAtAll() {
    return null;
  }

  public Sample object() {
    return Sample.example();
  }

  public @Nullable Sample echoObject(@Nullable Sample value) {
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

  /** The recorded server counts the token as an argument here, so that no call ever fits. */
  public String withToken(String text, String token) {
    return text;
  }

  public CompletionStage<String> block(int milliseconds) {
    return after(milliseconds, "done");
  }

  public void abort() {
    context().abort();
  }

  public @Nullable String user() {
    return context().userId();
  }

  public @Nullable String currentUser() {
    Principal user = context().user();
    return user == null ? null : user.getName();
  }

  @PreAuthorize("isAuthenticated()")
  public String secret() {
    return "secret";
  }

  @PreAuthorize("isAuthenticated()")
  public Stream<Integer> secretStream() {
    return numbers(1);
  }

  public Object loop() {
    return new Node();
  }

  // ---- streams

  public Stream<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed();
  }

  public Stream<Integer> numbersAsync(int count) {
    return numbers(count);
  }

  public Stream<Integer> numbersThenThrow(int count, String text) {
    return thenThrow(count, new InvalidOperationException(text));
  }

  public Stream<Integer> numbersThenThrowHub(int count, String text) {
    return thenThrow(count, new HubException(text));
  }

  private static Stream<Integer> thenThrow(int count, RuntimeException failure) {
    return IntStream.rangeClosed(0, count)
        .mapToObj(
            i -> {
              if (i == count) {
                throw failure;
              }
              return i;
            });
  }

  public Stream<Integer> throwBeforeStream(String text) {
    throw new InvalidOperationException(text);
  }

  @HubName("NullStream")
  public @Nullable Stream<Integer> nullStream() {
    return null;
  }

  public Stream<Object> loopStream() {
    return Stream.of(new Node());
  }

  public OneThenNothing oneThenWait(Cancellation cancelled) {
    String id = context().connectionId();
    CompletionStage<Void> unused =
        cancelled.whenCancelled().thenRun(() -> Events.add(id, "stream cancelled"));
    return new OneThenNothing(0);
  }

  // ---- uploads

  public String concat(Stream<String> items) {
    try {
      return items.collect(Collectors.joining());
    } catch (RuntimeException e) {
      Events.add(context().connectionId(), "upload failed " + Events.describe(e));
      throw e;
    }
  }

  public String prefixConcat(String prefix, Stream<String> items) {
    return prefix + items.collect(Collectors.joining());
  }

  public int sumBoth(Stream<Integer> left, Stream<Integer> right) {
    return left.mapToInt(i -> i).sum() + right.mapToInt(i -> i).sum();
  }

  public int firstOnly(Stream<Integer> items) {
    return items.iterator().next();
  }

  public CompletionStage<Void> neverReads(Stream<Integer> items) {
    return after(3_000, "").thenAccept(done -> {});
  }

  public Stream<String> upper(Stream<String> items) {
    return items.map(text -> text.toUpperCase(java.util.Locale.ROOT));
  }

  private static CompletionStage<String> after(int milliseconds, String text) {
    return CompletableFuture.supplyAsync(
        () -> text, CompletableFuture.delayedExecutor(milliseconds, TimeUnit.MILLISECONDS));
  }
}
