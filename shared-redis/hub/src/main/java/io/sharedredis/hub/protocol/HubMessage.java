package io.sharedredis.hub.protocol;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message of the hub protocol, in either direction. Values (arguments, items, results) that
 * were read from the wire are {@link Payload}s, bound to Java types only when their target is
 * known; values to be written are ordinary objects, or payloads of the same protocol, which are
 * copied through unchanged.
 *
 * <p>Immutable as far as its values are.
 */
public sealed interface HubMessage {

  /** Whether stateful reconnect counts this message (types 1 to 5). */
  default boolean numbered() {
    return true;
  }

  /** Type 1: calls a method; without an id no answer is wanted. */
  record Invocation(
      Map<String, String> headers,
      @Nullable String invocationId,
      String target,
      List<? extends @Nullable Object> arguments,
      List<String> streamIds)
      implements HubMessage {

    /** A call without headers and upload streams. */
    public static Invocation of(
        @Nullable String invocationId, String target, List<? extends @Nullable Object> arguments) {
      return new Invocation(Map.of(), invocationId, target, arguments, List.of());
    }
  }

  /** Type 2: one item of a stream. */
  record StreamItem(Map<String, String> headers, String invocationId, @Nullable Object item)
      implements HubMessage {}

  /**
   * Type 3: ends an invocation or a stream, with an error, a result (null is a result) or neither.
   *
   * @param hasResult whether {@code result} is meant, even when null
   */
  record Completion(
      Map<String, String> headers,
      String invocationId,
      @Nullable String error,
      @Nullable Object result,
      boolean hasResult)
      implements HubMessage {

    public static Completion ofResult(String invocationId, @Nullable Object result) {
      return new Completion(Map.of(), invocationId, null, result, true);
    }

    public static Completion ofError(String invocationId, String error) {
      return new Completion(Map.of(), invocationId, error, null, false);
    }

    public static Completion ofNothing(String invocationId) {
      return new Completion(Map.of(), invocationId, null, null, false);
    }
  }

  /** Type 4: calls a method that answers with a stream. */
  record StreamInvocation(
      Map<String, String> headers,
      String invocationId,
      String target,
      List<? extends @Nullable Object> arguments,
      List<String> streamIds)
      implements HubMessage {}

  /** Type 5: asks the callee to end a running stream. */
  record CancelInvocation(Map<String, String> headers, String invocationId) implements HubMessage {}

  /** Type 6: says that the sender is alive. */
  record Ping() implements HubMessage {
    @Override
    public boolean numbered() {
      return false;
    }
  }

  /** Type 7: ends the connection. */
  record Close(@Nullable String error, boolean allowReconnect) implements HubMessage {
    @Override
    public boolean numbered() {
      return false;
    }
  }

  /** Type 8: acknowledges numbered messages up to {@code sequenceId} (stateful reconnect). */
  record Ack(long sequenceId) implements HubMessage {
    @Override
    public boolean numbered() {
      return false;
    }
  }

  /** Type 9: the number of the first message that follows (stateful reconnect). */
  record Sequence(long sequenceId) implements HubMessage {
    @Override
    public boolean numbered() {
      return false;
    }
  }
}
