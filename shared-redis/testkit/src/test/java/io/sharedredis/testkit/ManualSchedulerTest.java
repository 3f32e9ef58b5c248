package io.sharedredis.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ManualSchedulerTest {

  private final MutableClock clock = MutableClock.at("2026-01-31T12:00:00Z");
  private final ManualScheduler scheduler = new ManualScheduler(clock);
  private final List<String> ran = new ArrayList<>();

  @Test
  void nothingRunsUntilItsTimeHasCome() {
    scheduler.schedule(() -> ran.add("late"), 10, TimeUnit.SECONDS);
    scheduler.schedule(() -> ran.add("early"), 5, TimeUnit.SECONDS);

    scheduler.advance(Duration.ofSeconds(9));
    assertThat(ran).containsExactly("early");

    scheduler.advance(Duration.ofSeconds(1));
    assertThat(ran).containsExactly("early", "late");
  }

  @Test
  void taskSeesTheTimeAtWhichItWasDue() {
    List<Instant> seen = new ArrayList<>();
    scheduler.scheduleAtFixedRate(() -> seen.add(clock.instant()), 1, 2, TimeUnit.SECONDS);

    scheduler.advance(Duration.ofSeconds(6));

    assertThat(seen)
        .containsExactly(
            Instant.parse("2026-01-31T12:00:01Z"),
            Instant.parse("2026-01-31T12:00:03Z"),
            Instant.parse("2026-01-31T12:00:05Z"));
    assertThat(clock.instant()).isEqualTo(Instant.parse("2026-01-31T12:00:06Z"));
  }

  @Test
  void cancelledTaskNeverRunsAndIsForgotten() {
    ScheduledFuture<?> task = scheduler.schedule(() -> ran.add("x"), 1, TimeUnit.SECONDS);
    task.cancel(false);

    scheduler.advance(Duration.ofSeconds(2));

    assertThat(ran).isEmpty();
    assertThat(scheduler.waiting()).isZero();
  }

  @Test
  void executedTasksRunInOrderOfSubmissionWhenTold() {
    scheduler.execute(() -> ran.add("1"));
    scheduler.execute(() -> ran.add("2"));
    assertThat(ran).isEmpty();

    scheduler.runDue();

    assertThat(ran).containsExactly("1", "2");
  }

  @Test
  void schedulerThatWasShutDownTakesNoTasks() {
    scheduler.shutdown();
    assertThatThrownBy(() -> scheduler.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }
}
