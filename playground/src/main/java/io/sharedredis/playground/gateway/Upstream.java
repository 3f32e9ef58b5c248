package io.sharedredis.playground.gateway;

import java.net.URI;

/** One replica as the gateway sees it. Out of traffic until a probe says ready. Thread-safe. */
public final class Upstream {

  private final String name;
  private final URI origin;
  private volatile boolean ready;

  /**
   * Creates a replica that is not in traffic yet.
   *
   * @param origin scheme, host and port, without a path
   */
  public Upstream(String name, URI origin) {
    this.name = name;
    this.origin = origin;
  }

  /** Name for people, as in {@code webspa-1}. */
  public String name() {
    return name;
  }

  /** Whether it gets requests at the moment. */
  public boolean isReady() {
    return ready;
  }

  URI origin() {
    return origin;
  }

  /** Says whether this changed something. */
  boolean putIn() {
    boolean changed = !ready;
    ready = true;
    return changed;
  }

  /** Says whether this changed something. */
  boolean takeOut() {
    boolean changed = ready;
    ready = false;
    return changed;
  }

  @Override
  public String toString() {
    return name + " at " + origin;
  }
}
