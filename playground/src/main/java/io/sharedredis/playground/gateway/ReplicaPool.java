package io.sharedredis.playground.gateway;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The replicas of one app, handed out in turn. No affinity: who asks plays no part. Thread-safe.
 */
public final class ReplicaPool {

  private final String name;
  private final List<Upstream> replicas;
  private final AtomicInteger turn = new AtomicInteger();

  /** Creates a pool with a fixed set of replicas. */
  public ReplicaPool(String name, List<Upstream> replicas) {
    this.name = name;
    this.replicas = List.copyOf(replicas);
  }

  /** All replicas, in traffic or not. */
  public List<Upstream> replicas() {
    return replicas;
  }

  String name() {
    return name;
  }

  /** The next ready replica in turn that this request has not tried yet. */
  Optional<Upstream> next(Set<Upstream> tried) {
    int first = turn.getAndIncrement();
    for (int i = 0; i < replicas.size(); i++) {
      Upstream candidate = replicas.get(Math.floorMod(first + i, replicas.size()));
      if (candidate.isReady() && !tried.contains(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
