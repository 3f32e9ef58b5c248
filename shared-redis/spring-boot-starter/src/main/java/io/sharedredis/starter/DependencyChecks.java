package io.sharedredis.starter;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Asks every health indicator of the application at the same time and within one deadline; one that
 * has not answered by then counts as down. At most one question per indicator is under way, so that
 * probes do not pile up behind a dependency that hangs.
 */
final class DependencyChecks {

  private static final Logger log = LoggerFactory.getLogger(DependencyChecks.class);

  /** Longest wait for all of them: probes are answered within a second. */
  private static final Duration DEADLINE = Duration.ofMillis(750);

  /** Indicators that are about this process and not about anything it depends on. */
  private static final Set<String> NOT_DEPENDENCIES = Set.of("livenessState", "readinessState");

  private static final Set<Status> UP = Set.of(Status.UP, Status.UNKNOWN);

  private final Supplier<HealthContributors> contributors;
  private final Executor executor;
  private final ConcurrentMap<String, CompletableFuture<Boolean>> underWay =
      new ConcurrentHashMap<>();

  DependencyChecks(Supplier<HealthContributors> contributors, Executor executor) {
    this.contributors = contributors;
    this.executor = executor;
  }

  /** Name of each dependency to whether it answered well. */
  Map<String, Boolean> ask() {
    Map<String, CompletableFuture<Boolean>> questions = new TreeMap<>();
    collect("", contributors.get(), questions);
    long end = System.nanoTime() + DEADLINE.toNanos();
    Map<String, Boolean> answers = new TreeMap<>();
    questions.forEach(
        (name, question) ->
            answers.put(
                name,
                question
                    .completeOnTimeout(false, end - System.nanoTime(), TimeUnit.NANOSECONDS)
                    .join()));
    return answers;
  }

  private void collect(
      String prefix, HealthContributors group, Map<String, CompletableFuture<Boolean>> questions) {
    for (HealthContributors.Entry entry : group) {
      String name = prefix + entry.name();
      HealthContributor contributor = entry.contributor();
      if (contributor instanceof HealthIndicator indicator) {
        if (!NOT_DEPENDENCIES.contains(name)) {
          questions.put(name, question(name, indicator));
        }
      } else if (contributor instanceof CompositeHealthContributor composite) {
        collect(name + "/", composite, questions);
      }
    }
  }

  /** A copy of the question under way: the deadline of this probe must not end that of another. */
  private CompletableFuture<Boolean> question(String name, HealthIndicator indicator) {
    CompletableFuture<Boolean> asked = new CompletableFuture<>();
    CompletableFuture<Boolean> earlier = underWay.putIfAbsent(name, asked);
    if (earlier != null) {
      return earlier.copy();
    }
    try {
      executor.execute(() -> answer(name, indicator, asked));
    } catch (RejectedExecutionException e) {
      underWay.remove(name, asked);
      asked.complete(false);
    }
    return asked.copy();
  }

  private void answer(String name, HealthIndicator indicator, CompletableFuture<Boolean> asked) {
    boolean up = false;
    try {
      Health health = indicator.health();
      up = health != null && UP.contains(health.getStatus());
    } catch (RuntimeException e) {
      // An indicator that fails says that its dependency is not as it should be.
      log.debug("Health of {} could not be asked", name, e);
    } finally {
      underWay.remove(name, asked);
      asked.complete(up);
    }
  }
}
