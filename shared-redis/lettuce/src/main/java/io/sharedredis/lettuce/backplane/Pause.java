package io.sharedredis.lettuce.backplane;

/** Runs something after a while, longer each time, unless it is ended before. Used in turn. */
final class Pause {

  /** Unit: milliseconds. The first; doubled each time up to the last. */
  private static final long FIRST = 50;

  /** Unit: milliseconds. As for messages that are sent: back within a second. */
  private static final long LAST = 500;

  /** Runs a task in turn after a number of milliseconds. */
  @FunctionalInterface
  interface Later {
    void run(long millis, Runnable task);
  }

  private final Later later;
  private boolean waiting;
  private int current;

  Pause(Later later) {
    this.later = later;
  }

  /** Whether it is under way. */
  boolean waiting() {
    return waiting;
  }

  /** Begins it, anew if need be. */
  void begin(int times, Runnable task) {
    waiting = true;
    int mine = ++current;
    later.run(
        Math.min(LAST, FIRST << Math.min(times, 10)),
        () -> {
          if (waiting && mine == current) {
            waiting = false;
            task.run();
          }
        });
  }

  /** Whatever waited for it does not run any more. */
  void end() {
    waiting = false;
  }
}
