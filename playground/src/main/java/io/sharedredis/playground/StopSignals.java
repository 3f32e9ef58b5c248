package io.sharedredis.playground;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import sun.misc.Signal;

/**
 * Turns SIGINT, SIGTERM and SIGHUP into one stop in good order; a second signal means "at once". A
 * shutdown hook would be too late: the embedded servers and the gateway have threads of their own
 * that must still run while the farm goes down.
 */
final class StopSignals {

  private StopSignals() {}

  /** Runs {@code stop} at the first signal; at the second one the watchdog ends what is left. */
  static void install(Runnable stop) {
    AtomicBoolean asked = new AtomicBoolean();
    for (String name : List.of("INT", "TERM", "HUP")) {
      try {
        Signal.handle(
            new Signal(name),
            signal -> {
              if (asked.compareAndSet(false, true)) {
                stop.run();
              } else {
                Runtime.getRuntime().halt(1);
              }
            });
      } catch (IllegalArgumentException notOnThisSystem) {
        // Windows knows INT and TERM only.
        continue;
      }
    }
  }
}
