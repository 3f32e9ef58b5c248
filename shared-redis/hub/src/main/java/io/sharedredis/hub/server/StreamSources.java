package io.sharedredis.hub.server;

import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Types beside {@link Flow.Publisher} that a hub method may stream with, such as Reactor's, found
 * once as services.
 */
public interface StreamSources {

  /** Whether values of {@code type} are streams. */
  boolean supports(Class<?> type);

  /** The stream as a publisher, null when it is none of ours. */
  Flow.@Nullable Publisher<?> adapt(Object stream);

  /** Those present; each is asked in turn. */
  List<StreamSources> KNOWN =
      ServiceLoader.load(StreamSources.class, StreamSources.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();

  static boolean isKnown(Class<?> type) {
    return KNOWN.stream().anyMatch(source -> source.supports(type));
  }
}
