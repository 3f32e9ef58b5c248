package io.sharedredis.spring.web;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The three probes of a replica: {@code /readiness} (send me traffic), {@code /hc} (every
 * dependency), {@code /liveness} (the process alone). Thread-safe; answers within a second whatever
 * the dependencies do.
 */
public final class Probes {

  private final String replica;
  private final BooleanSupplier accepting;
  private final Supplier<List<ReadinessCondition>> conditions;
  private final Supplier<Map<String, Boolean>> dependencies;

  /**
   * @param replica name of this replica
   * @param accepting whether the application has started and is not draining
   * @param conditions asked on each probe
   * @param dependencies every dependency with whether it answers; bounded in time by itself
   */
  public Probes(
      String replica,
      BooleanSupplier accepting,
      Supplier<List<ReadinessCondition>> conditions,
      Supplier<Map<String, Boolean>> dependencies) {
    this.replica = replica;
    this.accepting = accepting;
    this.conditions = conditions;
    this.dependencies = dependencies;
  }

  /** The name of this replica. */
  public String replica() {
    return replica;
  }

  /** The answer to {@code path}, or nothing if it is no probe. */
  public Optional<ProbeAnswer> answer(String path) {
    return switch (path) {
      case "/readiness" -> Optional.of(readiness());
      case "/hc" -> Optional.of(ProbeAnswer.of(dependencies.get()));
      case "/liveness" -> Optional.of(ProbeAnswer.of(Map.of()));
      default -> Optional.empty();
    };
  }

  private ProbeAnswer readiness() {
    Map<String, Boolean> checks = new LinkedHashMap<>();
    checks.put("accepting", accepting.getAsBoolean());
    for (ReadinessCondition condition : conditions.get()) {
      checks.put(condition.name(), condition.met());
    }
    return ProbeAnswer.of(checks);
  }
}
