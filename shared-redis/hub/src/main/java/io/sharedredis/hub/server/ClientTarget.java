package io.sharedredis.hub.server;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.HubException;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Recipients that can be sent to. */
final class ClientTarget implements ClientProxy {
  private final MessageRoute route;
  private final Recipients recipients;
  private final Duration deadline;
  private final Runnable beforeAnswer;

  /**
   * @param beforeAnswer runs before an answer is awaited: a call then gives its turn to the
   *     client's next message
   */
  ClientTarget(
      MessageRoute route, Recipients recipients, Duration deadline, Runnable beforeAnswer) {
    this.route = route;
    this.recipients = recipients;
    this.deadline = deadline;
    this.beforeAnswer = beforeAnswer;
  }

  boolean isSingle() {
    return recipients instanceof Recipients.Connections some && some.connectionIds().size() == 1;
  }

  @Override
  public CompletionStage<Void> send(String method, @Nullable Object... arguments) {
    return route.send(recipients, Invocation.of(null, method, listOf(arguments)));
  }

  @Override
  public ClientProxy reliable() {
    return new ClientTarget(route.reliable(), recipients, deadline, beforeAnswer);
  }

  @Override
  public ClientProxy reliable(String idempotencyKey) {
    return new ClientTarget(route.reliable(idempotencyKey), recipients, deadline, beforeAnswer);
  }

  @Override
  public <T> CompletionStage<@Nullable T> invoke(
      Class<T> resultType, String method, @Nullable Object... arguments) {
    return invoke(resultType, deadline, method, arguments);
  }

  @SuppressWarnings("unchecked")
  @Override
  public <T> CompletionStage<@Nullable T> invoke(
      Class<T> resultType, Duration deadline, String method, @Nullable Object... arguments) {
    return (CompletionStage<@Nullable T>)
        answer((Type) resultType, deadline, method, listOf(arguments));
  }

  CompletionStage<@Nullable Object> answer(
      Type resultType, String method, List<? extends @Nullable Object> arguments) {
    return answer(resultType, deadline, method, arguments);
  }

  private CompletionStage<@Nullable Object> answer(
      Type resultType,
      Duration deadline,
      String method,
      List<? extends @Nullable Object> arguments) {
    if (!(recipients instanceof Recipients.Connections some) || some.connectionIds().size() != 1) {
      throw new UnsupportedOperationException("InvokeAsync only works with Single clients.");
    }
    beforeAnswer.run();
    return route
        .lifetime()
        .invoke(some.connectionIds().get(0), method, arguments, resultType)
        .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
        .exceptionallyCompose(
            failure ->
                java.util.concurrent.CompletableFuture.failedFuture(
                    ErrorTexts.unwrap(failure) instanceof TimeoutException
                        ? new HubException("Invocation canceled by the server.", failure)
                        : failure));
  }

  private static List<? extends @Nullable Object> listOf(@Nullable Object[] arguments) {
    return Collections.unmodifiableList(Arrays.asList(arguments.clone()));
  }
}
