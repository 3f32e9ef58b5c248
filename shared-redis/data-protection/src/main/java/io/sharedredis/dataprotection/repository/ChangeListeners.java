package io.sharedredis.dataprotection.repository;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listeners of one repository; a failing listener does not keep the others from hearing. */
final class ChangeListeners {
  private static final Logger log = LoggerFactory.getLogger(ChangeListeners.class);

  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  KeyRepository.Subscription add(Runnable listener) {
    // Wrapped so that the same listener registered twice is removed once per subscription.
    Runnable registration = listener::run;
    listeners.add(registration);
    return () -> listeners.remove(registration);
  }

  void announce() {
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        log.warn("a listener for key ring changes failed", e);
      }
    }
  }
}
