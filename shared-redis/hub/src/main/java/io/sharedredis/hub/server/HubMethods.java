package io.sharedredis.hub.server;

import io.sharedredis.hub.Cancellation;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubName;
import io.sharedredis.hub.NonBlocking;
import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.server.HubMethod.Parameter;
import io.sharedredis.hub.server.HubMethod.Source;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The callable methods of a hub class by name, ignoring case. Found once, at start, where misuse
 * fails.
 */
final class HubMethods {
  private final Map<String, HubMethod> byName;
  private final MethodObserver unknown;

  private HubMethods(Map<String, HubMethod> byName, MethodObserver unknown) {
    this.byName = byName;
    this.unknown = unknown;
  }

  /** Sees calls that name no method. */
  MethodObserver unknown() {
    return unknown;
  }

  @Nullable HubMethod find(String name) {
    return byName.get(name);
  }

  /** Their names as declared. */
  List<String> names() {
    return byName.values().stream().map(HubMethod::name).toList();
  }

  /**
   * The public methods of the class and its superclasses below {@link Hub}.
   *
   * @param observers who sees the calls of the method of that name
   * @throws IllegalArgumentException naming the method that cannot be called by clients
   */
  static HubMethods of(Class<?> hubClass, Function<String, MethodObserver> observers) {
    Map<String, HubMethod> found = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    refuseUncallable(hubClass);
    for (Method method : hubClass.getMethods()) {
      if (!callable(method)) {
        continue;
      }
      HubMethod described = describe(hubClass, method, observers);
      HubMethod other = found.putIfAbsent(described.name(), described);
      if (other != null) {
        throw new IllegalArgumentException(
            "Duplicate definitions of '"
                + described.name()
                + "'. Overloading is not supported. Rename one of "
                + signature(other.method())
                + " and "
                + signature(method)
                + ": clients call methods by name ignoring case.");
      }
    }
    return new HubMethods(found, observers.apply(CallObserver.UNKNOWN_METHOD));
  }

  /** An annotation that says nothing is a mistake. */
  private static void refuseUncallable(Class<?> hubClass) {
    for (Method method : hubClass.getDeclaredMethods()) {
      if (method.isAnnotationPresent(NonBlocking.class)
          && (!Modifier.isPublic(method.getModifiers()) || !callable(method))) {
        throw new IllegalArgumentException(
            "Method " + signature(method) + " is @NonBlocking but is none that clients can call.");
      }
    }
  }

  private static boolean callable(Method method) {
    Class<?> owner = method.getDeclaringClass();
    return !method.isBridge()
        && !method.isSynthetic()
        && !Modifier.isStatic(method.getModifiers())
        && Hub.class.isAssignableFrom(owner)
        && owner != Hub.class
        && !isCallback(method);
  }

  private static boolean isCallback(Method method) {
    Class<?>[] parameters = method.getParameterTypes();
    return switch (method.getName()) {
      case "onConnected", "close", "hashCode", "toString" -> parameters.length == 0;
      case "onDisconnected" -> parameters.length == 1 && parameters[0] == Throwable.class;
      case "onGap" -> parameters.length == 1 && parameters[0] == ReliableGap.class;
      case "equals" -> parameters.length == 1 && parameters[0] == Object.class;
      default -> false;
    };
  }

  private static HubMethod describe(
      Class<?> hubClass, Method method, Function<String, MethodObserver> observers) {
    HubName named = method.getAnnotation(HubName.class);
    String name = named == null ? method.getName() : named.value();
    if (method.getTypeParameters().length > 0) {
      throw new IllegalArgumentException(
          "Method '"
              + name
              + "' is a generic method which is not supported on a Hub: "
              + signature(method)
              + ". Declare the types it takes.");
    }
    method.setAccessible(true);
    List<Parameter> parameters = new ArrayList<>();
    Class<?>[] declared = method.getParameterTypes();
    for (int i = 0; i < declared.length; i++) {
      Type type = GenericTypes.resolve(method.getGenericParameterTypes()[i], hubClass);
      parameters.add(parameter(method, declared[i], type));
    }
    Type answer = GenericTypes.resolve(method.getGenericReturnType(), hubClass);
    return new HubMethod(
        name,
        method,
        List.copyOf(parameters),
        streams(answer),
        nonBlocking(hubClass, method, answer),
        ReactiveTypes.ofSingle(GenericTypes.raw(answer)),
        observers.apply(name));
  }

  private static boolean nonBlocking(Class<?> hubClass, Method method, Type answer) {
    if (!method.isAnnotationPresent(NonBlocking.class)
        && !hubClass.isAnnotationPresent(NonBlocking.class)) {
      return false;
    }
    boolean waits =
        Modifier.isSynchronized(method.getModifiers())
            || GenericTypes.raw(awaited(answer)) == Stream.class
            || List.of(method.getParameterTypes()).contains(Stream.class);
    if (waits) {
      throw new IllegalArgumentException(
          "Method "
              + signature(method)
              + " is @NonBlocking, but a Stream is read by waiting, and so is a monitor entered. Use"
              + " Flow.Publisher, or leave the annotation out.");
    }
    return true;
  }

  private static Parameter parameter(Method method, Class<?> declared, Type type) {
    if (declared == Cancellation.class) {
      return new Parameter(Source.CANCELLATION, type, declared);
    }
    if (declared == Flow.Publisher.class
        || declared == Stream.class
        || ReactiveTypes.ofParameter(declared) != null) {
      return new Parameter(Source.UPLOAD, GenericTypes.argument(type, 0), declared);
    }
    if (type instanceof TypeVariable<?> || type instanceof WildcardType) {
      throw new IllegalArgumentException(
          "Parameter type " + type + " of " + signature(method) + " is not known at start.");
    }
    if (Hub.class.isAssignableFrom(declared)
        || CompletionStage.class.isAssignableFrom(declared)
        || ReactiveTypes.ofSingle(declared) != null
        || ReactiveTypes.ofStream(declared) != null
        || declared == Object[].class && method.isVarArgs()) {
      throw new IllegalArgumentException(
          "Parameter type " + type + " of " + signature(method) + " cannot come from a client.");
    }
    return new Parameter(Source.ARGUMENT, type, declared);
  }

  private static boolean streams(Type answer) {
    Class<?> raw = GenericTypes.raw(awaited(answer));
    return Flow.Publisher.class.isAssignableFrom(raw)
        || Stream.class.isAssignableFrom(raw)
        || ReactiveTypes.ofStream(raw) != null;
  }

  private static Type awaited(Type answer) {
    Class<?> raw = GenericTypes.raw(answer);
    return CompletionStage.class.isAssignableFrom(raw) || ReactiveTypes.ofSingle(raw) != null
        ? GenericTypes.argument(answer, 0)
        : answer;
  }

  private static String signature(Method method) {
    return method.getDeclaringClass().getName() + "." + method.getName();
  }
}
