package io.sharedredis.hub.server;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubCallContext;
import io.sharedredis.hub.HubCalls;
import io.sharedredis.hub.HubFilter;
import io.sharedredis.hub.HubInvocation;
import io.sharedredis.hub.server.HubActivator.Activation;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Runs code of the application for one connection: hub object, filters, method. Called on the
 * executor only.
 */
final class HubInvoker {
  private final HubServer server;
  private final HubCallContext context;

  HubInvoker(HubServer server, HubCallContext context) {
    this.server = server;
    this.context = context;
  }

  /**
   * What a call left to do.
   *
   * @param value what the method returned; its stage is not yet awaited
   * @param groups completes when the call's group changes have
   * @param seen by who sees the call
   */
  record Outcome(
      Activation activation,
      @Nullable Object value,
      CompletionStage<Void> groups,
      ObservedCall seen) {

    /** The call is over, when it did not end inside {@link HubInvoker#invoke}. */
    void end(@Nullable Throwable failure) {
      activation.release();
      Observing.end(seen, failure);
    }

    /** Whether value and groups are there, as they are after most calls. */
    boolean isComplete() {
      return isThere(groups) && (!(value instanceof CompletionStage<?> stage) || isThere(stage));
    }

    private static boolean isThere(CompletionStage<?> stage) {
      return stage instanceof CompletableFuture<?> future
          && future.isDone()
          && !future.isCompletedExceptionally();
    }
  }

  /** The value of a complete outcome. */
  static @Nullable Object now(@Nullable Object value) {
    return value instanceof CompletableFuture<?> future ? future.join() : value;
  }

  Outcome invoke(
      HubMethod method,
      @Nullable Object[] arguments,
      Map<String, String> headers,
      Runnable beforeAnswer)
      throws Exception {
    ObservedCall seen = Observing.begin(method.observer(), context, headers);
    try (ObservedCall.Scope scope = seen.enter()) {
      return invoke(method, arguments, beforeAnswer, seen);
    } catch (Throwable failure) {
      Observing.end(seen, failure);
      throw failure;
    }
  }

  private Outcome invoke(
      HubMethod method, @Nullable Object[] arguments, Runnable beforeAnswer, ObservedCall seen)
      throws Exception {
    Activation activation = server.definition().activator().activate();
    CallGroups groups = new CallGroups(server.lifetime());
    try {
      attach(activation.hub(), groups, beforeAnswer);
      HubInvocation call = new HubInvocation(context, activation.hub(), method.method(), arguments);
      Object value = chain(filters(), 0, activation.target()).proceed(call);
      ReactiveTypes single = method.single();
      if (single != null && value != null && single.isSingle(value.getClass())) {
        value = single.stage(value);
      }
      return new Outcome(activation, value, groups.complete(), seen);
    } catch (Throwable failure) {
      activation.release();
      throw failure;
    }
  }

  private HubFilter.Next chain(List<HubFilter> filters, int index, Object target) {
    if (index == filters.size()) {
      return call -> invoke(call, target);
    }
    HubFilter.Next rest = chain(filters, index + 1, target);
    return call -> filters.get(index).invoke(call, rest);
  }

  private static @Nullable Object invoke(HubInvocation call, Object target) throws Exception {
    try {
      return call.method().invoke(target, call.arguments());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Runs {@link Hub}'s onConnected; completes when its group changes have. */
  CompletionStage<Void> connected() throws Exception {
    Activation activation = server.definition().activator().activate();
    CallGroups groups = new CallGroups(server.lifetime());
    try {
      attach(
          activation.hub(),
          groups,
          () -> {
            // The client's answer could not be read: its messages wait for this callback.
            throw new NotAllowedException(
                "Client results inside OnConnectedAsync Hub methods are not allowed.");
          });
      HubFilter.Step step = () -> HubCalls.connected(activation.hub());
      for (int i = filters().size() - 1; i >= 0; i--) {
        HubFilter filter = filters().get(i);
        HubFilter.Step inner = step;
        step = () -> filter.connected(context, inner);
      }
      step.run();
      return groups.complete();
    } finally {
      activation.release();
    }
  }

  /** Runs {@link Hub}'s onDisconnected; completes when its group changes have. */
  CompletionStage<Void> disconnected(@Nullable Throwable failure) throws Exception {
    Activation activation = server.definition().activator().activate();
    CallGroups groups = new CallGroups(server.lifetime());
    try {
      attach(activation.hub(), groups, () -> {});
      HubFilter.Step step = () -> HubCalls.disconnected(activation.hub(), failure);
      for (int i = filters().size() - 1; i >= 0; i--) {
        HubFilter filter = filters().get(i);
        HubFilter.Step inner = step;
        step = () -> filter.disconnected(context, failure, inner);
      }
      step.run();
      return groups.complete();
    } finally {
      activation.release();
    }
  }

  private List<HubFilter> filters() {
    return server.definition().filters();
  }

  @SuppressWarnings("unchecked")
  private void attach(Hub<?> hub, CallGroups groups, Runnable beforeAnswer) {
    attachTyped((Hub<Object>) hub, groups, beforeAnswer);
  }

  @SuppressWarnings("unchecked")
  private void attachTyped(Hub<Object> hub, CallGroups groups, Runnable beforeAnswer) {
    HubCalls.attach(
        hub,
        context,
        new CallerClients<>(
            server.route(),
            (ClientInterface<Object>) server.clientView(),
            server.definition().options().clientResultTimeout(),
            context.connectionId(),
            beforeAnswer),
        groups);
  }

  /** A method's value when it is there: the value itself, or what its stage completes with. */
  static CompletionStage<@Nullable Object> settled(@Nullable Object value) {
    if (value instanceof CompletionStage<?> stage) {
      return stage.thenApply(done -> (@Nullable Object) done);
    }
    return CompletableFuture.completedFuture(value);
  }
}
