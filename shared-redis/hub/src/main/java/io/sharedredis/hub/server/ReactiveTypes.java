package io.sharedredis.hub.server;

import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Types of a reactive library that hub methods may answer with and take, beside {@link
 * Flow.Publisher} and {@link CompletionStage}. Found once, as services. Thread-safe.
 */
public interface ReactiveTypes {

  /** Whether values of {@code type} are streams of any length. */
  boolean isStream(Class<?> type);

  /** Whether values of {@code type} are one value that comes later, or none. */
  boolean isSingle(Class<?> type);

  /** Whether a parameter of {@code type} can be given a client's stream. */
  boolean reads(Class<?> type);

  /** A stream as a publisher, which is subscribed to once. */
  Flow.Publisher<?> publisher(Object stream);

  /** A single value as a stage; null where there comes none. */
  CompletionStage<?> stage(Object single);

  /** A client's stream as {@code type}. Its items may be null. */
  Object stream(Flow.Publisher<Object> items, Class<?> type);

  /** Those present. */
  List<ReactiveTypes> KNOWN =
      ServiceLoader.load(ReactiveTypes.class, ReactiveTypes.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();

  /** Those whose streams are of that type. */
  static @Nullable ReactiveTypes ofStream(Class<?> type) {
    return KNOWN.stream().filter(one -> one.isStream(type)).findFirst().orElse(null);
  }

  /** Those whose single values are of that type. */
  static @Nullable ReactiveTypes ofSingle(Class<?> type) {
    return KNOWN.stream().filter(one -> one.isSingle(type)).findFirst().orElse(null);
  }

  /** Those that can give a client's stream to a parameter of that type. */
  static @Nullable ReactiveTypes ofParameter(Class<?> type) {
    return KNOWN.stream().filter(one -> one.reads(type)).findFirst().orElse(null);
  }
}
