package io.sharedredis.hub.server;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.server.HubMethod.BindingException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls one client makes. An ordinary call needs a slot (one by default, so answers keep their
 * order); while none is free the connection reads no further, which pushes back on the client. Used
 * inside the connection's loop only; the methods themselves run on the executor.
 */
final class Calls {
  private static final Logger LOG = LoggerFactory.getLogger(Calls.class);

  private final ServerConnection connection;
  private final HubServer server;
  private final HubInvoker invoker;
  private int freeSlots;
  private @Nullable Runnable stalled;

  Calls(ServerConnection connection, HubServer server, HubInvoker invoker) {
    this.connection = connection;
    this.server = server;
    this.invoker = invoker;
    this.freeSlots = server.definition().options().maximumParallelInvocations();
  }

  /** Whether a call waits for a slot; nothing may be read until it has one. */
  boolean stalled() {
    return stalled != null;
  }

  void invocation(HubMessage.Invocation call) {
    String id = call.invocationId();
    HubMethod method = find(id, call.target());
    if (method == null) {
      return;
    }
    if (method.streaming()) {
      refuse(
          id,
          "The client attempted to invoke the streaming '"
              + call.target()
              + "' method with a non-streaming invocation.");
      return;
    }
    @Nullable Object[] arguments = bind(method, id, call);
    if (arguments != null) {
      withSlot(() -> start(method, arguments, id, call.target()));
    }
  }

  private @Nullable HubMethod find(@Nullable String id, String target) {
    HubMethod method = server.methods().find(target);
    if (method == null) {
      refuse(
          id,
          "Failed to invoke '"
              + target
              + "' due to an error on the server. HubException: Method does not exist.");
    }
    return method;
  }

  private @Nullable Object @Nullable [] bind(
      HubMethod method, @Nullable String id, HubMessage.Invocation call) {
    try {
      return method.bind(call.arguments());
    } catch (BindingException e) {
      LOG.debug("Call of {} could not be bound", call.target(), e);
      refuse(id, ErrorTexts.bindingFailed(call.target(), e, detailed()));
      return null;
    }
  }

  private void withSlot(Runnable call) {
    if (freeSlots > 0) {
      freeSlots--;
      call.run();
    } else {
      stalled = call;
    }
  }

  private void slotFreed() {
    Runnable waiting = stalled;
    if (waiting != null) {
      stalled = null;
      waiting.run();
      connection.readOn();
    } else {
      freeSlots++;
    }
  }

  private void start(
      HubMethod method, @Nullable Object[] arguments, @Nullable String id, String target) {
    AtomicBoolean slotHeld = new AtomicBoolean(true);
    Runnable giveSlot =
        () -> {
          if (slotHeld.compareAndSet(true, false)) {
            connection.inLoop(this::slotFreed);
          }
        };
    try {
      server.runtime().executor().execute(() -> run(method, arguments, id, target, giveSlot));
    } catch (RejectedExecutionException e) {
      refuse(id, ErrorTexts.invocationFailed(target, e, detailed()));
      giveSlot.run();
    }
  }

  private void run(
      HubMethod method,
      @Nullable Object[] arguments,
      @Nullable String id,
      String target,
      Runnable giveSlot) {
    HubInvoker.Outcome outcome;
    try {
      outcome = invoker.invoke(method, arguments, giveSlot);
    } catch (Throwable failure) {
      failed(id, target, failure);
      giveSlot.run();
      return;
    }
    CompletableFutures.whenDone(
        HubInvoker.settled(outcome.value()).thenCombine(outcome.groups(), (value, done) -> value),
        (value, failure) -> {
          outcome.activation().release();
          if (failure != null) {
            failed(id, target, failure);
          } else if (id != null) {
            connection.sendNow(Completion.ofResult(id, value));
          }
          giveSlot.run();
        });
  }

  private void failed(@Nullable String id, String target, Throwable wrapped) {
    Throwable failure = ErrorTexts.unwrap(wrapped);
    if (server.definition().unauthorized().test(failure)) {
      refuse(id, ErrorTexts.unauthorized(target));
      return;
    }
    // What a hub says to its client on purpose is no fault of the server.
    if (failure instanceof HubException) {
      LOG.debug("Connection {}: {} answered an error", connection.connectionId(), target, failure);
    } else {
      LOG.warn("Connection {}: {} failed", connection.connectionId(), target, failure);
    }
    refuse(id, ErrorTexts.invocationFailed(target, failure, detailed()));
  }

  private void refuse(@Nullable String id, String error) {
    if (id != null) {
      connection.sendNow(Completion.ofError(id, error));
    }
  }

  private boolean detailed() {
    return server.definition().options().detailedErrors();
  }
}
