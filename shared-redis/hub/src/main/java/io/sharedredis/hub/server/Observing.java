package io.sharedredis.hub.server;

import io.sharedredis.hub.HubCallContext;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets calls be seen without that who sees them could harm them. */
final class Observing {
  private static final Logger LOG = LoggerFactory.getLogger(Observing.class);

  private Observing() {}

  static ObservedCall begin(
      MethodObserver observer, HubCallContext context, Map<String, String> headers) {
    try {
      return observer.begin(context, headers);
    } catch (RuntimeException e) {
      LOG.warn("The observer of hub calls failed", e);
      return ObservedCall.NONE;
    }
  }

  static void end(ObservedCall seen, @Nullable Throwable failure) {
    try {
      seen.end(failure == null ? null : ErrorTexts.unwrap(failure));
    } catch (RuntimeException e) {
      LOG.warn("The observer of hub calls failed", e);
    }
  }
}
