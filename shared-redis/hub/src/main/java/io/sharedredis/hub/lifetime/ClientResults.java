package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.protocol.DotNetNames;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.Payload;
import io.sharedredis.hub.protocol.PayloadException;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Answers of clients that callers of this process wait for, by invocation id. Thread-safe. A future
 * that ends otherwise (cancelled, timed out) removes itself.
 */
public final class ClientResults {
  private final Map<String, Pending> pending = new ConcurrentHashMap<>();

  private record Pending(
      String connectionId, Type resultType, CompletableFuture<@Nullable Object> future) {}

  /** Begins to wait for {@code connectionId}'s answer to {@code invocationId}. */
  public CompletableFuture<@Nullable Object> await(
      String connectionId, String invocationId, Type resultType) {
    CompletableFuture<@Nullable Object> future = new CompletableFuture<>();
    pending.put(invocationId, new Pending(connectionId, resultType, future));
    var unused = future.whenComplete((result, failure) -> pending.remove(invocationId));
    return future;
  }

  public boolean isAwaited(String invocationId) {
    return pending.containsKey(invocationId);
  }

  /**
   * Ends a wait with what the client sent.
   *
   * @param connectionId the connection the answer came from
   * @return false when nobody waits for it
   * @throws ClientResultException when another connection was asked; the wait goes on
   */
  public boolean complete(String connectionId, Completion completion) {
    String invocationId = completion.invocationId();
    Pending waiting = pending.get(invocationId);
    if (waiting == null) {
      return false;
    }
    if (!waiting.connectionId().equals(connectionId)) {
      throw new ClientResultException(
          "Connection ID '"
              + connectionId
              + "' is not valid for invocation ID '"
              + invocationId
              + "'.");
    }
    finish(waiting, completion);
    return true;
  }

  /**
   * Ends a wait with what another replica relayed; the relaying replica has checked whose answer it
   * is.
   */
  public boolean completeRelayed(Completion completion) {
    Pending waiting = pending.get(completion.invocationId());
    if (waiting == null) {
      return false;
    }
    finish(waiting, completion);
    return true;
  }

  private static void finish(Pending waiting, Completion completion) {
    CompletableFuture<@Nullable Object> future = waiting.future();
    if (completion.error() != null) {
      future.completeExceptionally(new HubException(completion.error()));
      return;
    }
    Type type = waiting.resultType();
    if (type == void.class || type == Void.class) {
      future.complete(null);
      return;
    }
    if (!completion.hasResult()) {
      // The text the model's exception has when it is made without one; clients see it.
      future.completeExceptionally(
          new HubException(
              "Exception of type 'Microsoft.AspNetCore.SignalR.HubException' was thrown."));
      return;
    }
    try {
      Object result = completion.result();
      future.complete(result instanceof Payload payload ? payload.read(type) : result);
    } catch (PayloadException e) {
      future.completeExceptionally(
          new HubException(
              "Error trying to deserialize result to "
                  + DotNetNames.simple(type)
                  + ". "
                  + e.getMessage(),
              e));
    }
  }

  /** Fails the waits for a connection that is gone. */
  public void connectionLost(String connectionId) {
    pending
        .values()
        .forEach(
            waiting -> {
              if (waiting.connectionId().equals(connectionId)) {
                waiting
                    .future()
                    .completeExceptionally(ClientResultException.disconnected(connectionId));
              }
            });
  }
}
