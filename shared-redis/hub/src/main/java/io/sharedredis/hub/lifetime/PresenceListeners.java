package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.Presence.Listening;
import io.sharedredis.hub.PresenceEvent;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who wants to know of presence events; one that throws harms no other. Thread-safe. */
public final class PresenceListeners {

  private static final Logger log = LoggerFactory.getLogger(PresenceListeners.class);

  private final List<Consumer<PresenceEvent>> listeners = new CopyOnWriteArrayList<>();

  /** Tells the listener until the result is closed. */
  public Listening add(Consumer<PresenceEvent> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Whether nobody wants to know. */
  public boolean isEmpty() {
    return listeners.isEmpty();
  }

  /** Tells all of them, on this thread. */
  public void tell(PresenceEvent event) {
    for (Consumer<PresenceEvent> listener : listeners) {
      try {
        listener.accept(event);
      } catch (RuntimeException e) {
        log.warn("A listener to presence events failed", e);
      }
    }
  }
}
