package io.sharedredis.hub;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One or more clients, called by name. Never blocks. */
public interface ClientProxy {

  /**
   * Calls a method of every client meant, without an answer. The stage fails when the message could
   * not be handed to other replicas. For a single client it completes when there is room for more,
   * so whoever sends much and awaits each message goes no faster than the client; what is sent to
   * several does not wait for the slowest of them.
   */
  CompletionStage<Void> send(String method, @Nullable Object... arguments);

  /** The same clients, whose messages are sent as {@link HubClients#reliable()} says. */
  default ClientProxy reliable() {
    throw new UnsupportedOperationException("these clients cannot be sent to reliably");
  }

  /** The same clients, whose messages are sent as {@link HubClients#reliable(String)} says. */
  default ClientProxy reliable(String idempotencyKey) {
    throw new UnsupportedOperationException("these clients cannot be sent to reliably");
  }

  /**
   * Calls a method of a single client and awaits its answer, within the hub's default deadline.
   *
   * @throws UnsupportedOperationException when more than one client may be meant
   */
  <T> CompletionStage<@Nullable T> invoke(
      Class<T> resultType, String method, @Nullable Object... arguments);

  /** As the other, with a deadline of its own. */
  <T> CompletionStage<@Nullable T> invoke(
      Class<T> resultType, Duration deadline, String method, @Nullable Object... arguments);
}
