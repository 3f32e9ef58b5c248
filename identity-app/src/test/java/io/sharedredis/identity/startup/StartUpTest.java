package io.sharedredis.identity.startup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The order and the patience of the start. */
class StartUpTest {

  @Test
  void stepsRunInOrderEachUntilItSucceeds() {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    StartUp startUp =
        new StartUp(List.of(step("schema", 2, ran), step("keys", 0, ran)), "jdbc:x://host/db");
    assertThat(startUp.met()).isFalse();
    startUp.start();
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(startUp::met);
    assertThat(ran).containsExactly("schema", "schema", "schema", "keys");
    startUp.stop();
    assertThat(startUp.isRunning()).isFalse();
  }

  @Test
  void stopEndsTheWaiting() {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    StartUp startUp = new StartUp(List.of(step("never", 1_000_000, ran)), "jdbc:x://host/db");
    startUp.start();
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !ran.isEmpty());
    startUp.stop();
    assertThat(startUp.met()).isFalse();
    assertThat(startUp.waitingFor()).isEqualTo("never");
  }

  @Test
  void passwordInTheDatabaseUrlIsNotShown() {
    assertThat(StartUp.withoutParameters("jdbc:postgresql://db:5432/shop?user=u&password=p"))
        .isEqualTo("jdbc:postgresql://db:5432/shop");
  }

  private static StartUpStep step(String name, int failures, List<String> ran) {
    return new StartUpStep() {
      private int left = failures;

      @Override
      public String description() {
        return name;
      }

      @Override
      public void run() {
        ran.add(name);
        if (left-- > 0) {
          throw new IllegalStateException("away");
        }
      }
    };
  }
}
