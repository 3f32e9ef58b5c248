package io.sharedredis.hub.server;

import io.sharedredis.hub.ClientMethod;
import io.sharedredis.hub.ClientProxy;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A typed view of clients: each method of an interface is a message with the method's name and
 * arguments. Its misuse fails at start, naming the method.
 *
 * @param <C> the interface
 */
final class ClientInterface<C> {
  private static final Logger LOG = LoggerFactory.getLogger(ClientInterface.class);

  private final Class<C> type;
  private final Map<Method, Call> calls = new HashMap<>();

  /**
   * One method.
   *
   * @param resultType what the client answers with; null when no answer is wanted
   * @param returnsStage whether the caller gets a stage, else nothing
   */
  private record Call(String target, @Nullable Type resultType, boolean returnsStage) {}

  /**
   * @throws IllegalArgumentException when {@code type} is no interface or a method cannot be a
   *     message
   */
  ClientInterface(Class<C> type) {
    this.type = type;
    if (isUntyped()) {
      return;
    }
    if (!type.isInterface()) {
      throw new IllegalArgumentException(
          "client type " + type.getName() + " of a hub must be an interface");
    }
    for (Method method : type.getMethods()) {
      if (!method.isDefault()
          && method.getDeclaringClass() != ClientProxy.class
          && !java.lang.reflect.Modifier.isStatic(method.getModifiers())) {
        calls.put(method, call(method));
      }
    }
  }

  private static Call call(Method method) {
    ClientMethod named = method.getAnnotation(ClientMethod.class);
    String target = named == null ? method.getName() : named.value();
    Class<?> returned = method.getReturnType();
    if (returned == void.class) {
      return new Call(target, null, false);
    }
    if (returned != CompletionStage.class && returned != CompletableFuture.class) {
      throw new IllegalArgumentException(
          "client method "
              + method
              + " returns "
              + returned.getName()
              + "; it must return void, CompletionStage<Void> or, to await the client's answer,"
              + " CompletionStage of the answer");
    }
    Type answer = GenericTypes.argument(method.getGenericReturnType(), 0);
    return new Call(target, answer == Void.class ? null : answer, true);
  }

  private boolean isUntyped() {
    return type == ClientProxy.class || type == Object.class;
  }

  /** The clients {@code target} stands for, through the interface. */
  C over(ClientTarget target) {
    if (isUntyped()) {
      return type.cast(target);
    }
    InvocationHandler handler =
        (proxy, method, arguments) -> handle(proxy, target, method, arguments);
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  // The stage goes to the caller, through the interface's own return type.
  @SuppressWarnings("FutureReturnValueIgnored")
  private @Nullable Object handle(
      Object proxy, ClientTarget target, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    Call call = calls.get(method);
    if (call == null) {
      return other(proxy, target, method, arguments);
    }
    @Nullable Object[] values = arguments == null ? new @Nullable Object[0] : arguments;
    if (call.resultType() != null) {
      List<? extends @Nullable Object> list =
          Collections.unmodifiableList(Arrays.asList(values.clone()));
      CompletionStage<@Nullable Object> answer =
          target.answer(call.resultType(), call.target(), list);
      return answer.toCompletableFuture();
    }
    CompletableFuture<Void> sent = target.send(call.target(), values).toCompletableFuture();
    if (call.returnsStage()) {
      return sent;
    }
    // Nobody can look at a void method's outcome later: what has failed by now is thrown, what
    // fails later is logged.
    if (sent.isCompletedExceptionally()) {
      sent.join();
    }
    CompletionStage<Void> unused =
        sent.whenComplete(
            (done, failure) -> {
              if (failure != null) {
                LOG.warn("Message {} could not be sent", call.target(), failure);
              }
            });
    return null;
  }

  private static @Nullable Object other(
      Object proxy, ClientTarget target, Method method, @Nullable Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == ClientProxy.class) {
      try {
        return method.invoke(target, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause() == null ? e : e.getCause();
      }
    }
    if (method.isDefault()) {
      return InvocationHandler.invokeDefault(proxy, method, arguments);
    }
    return switch (method.getName()) {
      case "hashCode" -> System.identityHashCode(proxy);
      case "equals" -> arguments != null && proxy == arguments[0];
      default -> target.toString();
    };
  }
}
