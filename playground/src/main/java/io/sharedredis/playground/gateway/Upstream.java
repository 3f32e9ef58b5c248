package io.sharedredis.playground.gateway;

import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** One replica as the gateway sees it. Out of traffic until a probe says ready. Thread-safe. */
public final class Upstream {

  private final String name;
  private final URI origin;
  private final Consumer<Upstream> onChange;
  private final AtomicBoolean ready = new AtomicBoolean();

  /**
   * Creates a replica that is not in traffic yet.
   *
   * @param origin scheme, host and port, without a path
   * @param onChange told whenever the replica comes into traffic or leaves it; must not block
   */
  public Upstream(String name, URI origin, Consumer<Upstream> onChange) {
    this.name = name;
    this.origin = origin;
    this.onChange = onChange;
  }

  /** Name for people, as in {@code webspa-1}. */
  public String name() {
    return name;
  }

  /** Whether it gets requests at the moment. */
  public boolean isReady() {
    return ready.get();
  }

  URI origin() {
    return origin;
  }

  /** Says whether this changed something. */
  boolean putIn() {
    return change(true);
  }

  /** Says whether this changed something. */
  boolean takeOut() {
    return change(false);
  }

  private boolean change(boolean to) {
    boolean changed = ready.compareAndSet(!to, to);
    if (changed) {
      onChange.accept(this);
    }
    return changed;
  }

  @Override
  public String toString() {
    return name + " at " + origin;
  }
}
