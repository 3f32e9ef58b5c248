package io.sharedredis.hub.server;

import io.sharedredis.hub.protocol.BrokenPayload;
import io.sharedredis.hub.protocol.Payload;
import io.sharedredis.hub.protocol.PayloadException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A method of a hub that clients can call.
 *
 * @param name its name, as declared
 * @param parameters its parameters in order
 * @param streaming whether it answers with a stream
 * @param nonBlocking whether it runs where its message was read
 * @param single makes a stage of its answer; null where that needs nothing
 * @param observer sees its calls
 */
record HubMethod(
    String name,
    Method method,
    List<Parameter> parameters,
    boolean streaming,
    boolean nonBlocking,
    @Nullable ReactiveTypes single,
    MethodObserver observer) {

  /** Where a parameter's value comes from. */
  enum Source {
    ARGUMENT,
    UPLOAD,
    CANCELLATION
  }

  /**
   * One parameter.
   *
   * @param type type of the argument, or of the items of an upload stream
   */
  record Parameter(Source source, Type type, Class<?> declared) {}

  int argumentCount() {
    return count(Source.ARGUMENT);
  }

  int uploadCount() {
    return count(Source.UPLOAD);
  }

  private int count(Source source) {
    int count = 0;
    for (Parameter parameter : parameters) {
      if (parameter.source() == source) {
        count++;
      }
    }
    return count;
  }

  /**
   * Values for the method's parameters, null where the server supplies them.
   *
   * @throws BindingException when number or types do not fit
   */
  @Nullable Object[] bind(List<? extends @Nullable Object> values) {
    if (values.size() == 1 && values.get(0) instanceof BrokenPayload broken) {
      throw new BindingException(broken.fault());
    }
    int expected = argumentCount();
    if (values.size() != expected) {
      throw new BindingException(
          "Invocation provides "
              + values.size()
              + " argument(s) but target expects "
              + expected
              + ".");
    }
    @Nullable Object[] arguments = new @Nullable Object[parameters.size()];
    int next = 0;
    for (int i = 0; i < arguments.length; i++) {
      Parameter parameter = parameters.get(i);
      if (parameter.source() == Source.ARGUMENT) {
        arguments[i] = read(values.get(next++), parameter.type());
      }
    }
    return arguments;
  }

  /** Puts what the server supplies into the places of {@code source}'s parameters. */
  void supply(@Nullable Object[] arguments, Source source, Function<Parameter, Object> supplier) {
    for (int i = 0; i < arguments.length; i++) {
      if (parameters.get(i).source() == source) {
        arguments[i] = supplier.apply(parameters.get(i));
      }
    }
  }

  private static @Nullable Object read(@Nullable Object value, Type type) {
    if (!(value instanceof Payload payload)) {
      return value;
    }
    try {
      return payload.read(type);
    } catch (PayloadException e) {
      throw new BindingException(
          "Error binding arguments. Make sure that the types of the provided values match the types"
              + " of the hub method being invoked.",
          e);
    }
  }

  /** Arguments do not fit the method; the text is the model's. */
  static final class BindingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BindingException(String message) {
      super(message);
    }

    BindingException(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
