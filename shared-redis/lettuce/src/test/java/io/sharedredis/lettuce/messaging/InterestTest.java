package io.sharedredis.lettuce.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

class InterestTest {

  private final Set<Integer> parts = new TreeSet<>();
  private final Set<String> users = new TreeSet<>();
  private int changes;
  private final List<Runnable> due = new ArrayList<>();
  private final ScheduledExecutorService timers =
      (ScheduledExecutorService)
          Proxy.newProxyInstance(
              InterestTest.class.getClassLoader(),
              new Class<?>[] {ScheduledExecutorService.class},
              (proxy, method, args) -> {
                assertThat(args[1]).isEqualTo((long) Interest.GRACE_SECONDS);
                due.add((Runnable) args[0]);
                return null;
              });
  private final Interest interest =
      new Interest(
          new Interest.Channels() {
            @Override
            public void destinations(List<Integer> partitions, boolean wanted) {
              changes++;
              for (int partition : partitions) {
                // Twice the same would be a miscount.
                assertThat(wanted ? parts.add(partition) : parts.remove(partition)).isTrue();
              }
            }

            @Override
            public void user(String name, boolean wanted) {
              assertThat(wanted ? users.add(name) : users.remove(name)).isTrue();
            }
          },
          timers);

  /** The grace is over. */
  private void release() {
    due.forEach(Runnable::run);
    due.clear();
  }

  @Test
  void destinationIsListenedToAsLongAsAnybodyNeedsIt() {
    interest.destination("s1", "1", "/topic/news");
    interest.destination("s2", "1", "/topic/news");
    interest.destination("s2", "2", "/topic/stock.eur");
    assertThat(parts).containsExactly(2721, 2752);
    interest.ended("s1", "1");
    assertThat(parts).contains(2721);
    interest.ended("s2");
    assertThat(parts).isEmpty();
    assertThat(interest.sessions()).isEmpty();
  }

  @Test
  void patternNeedsEveryPartAndGivesBackThoseThatNobodyElseNeeds() {
    interest.destination("s1", "1", "/topic/news");
    interest.pattern("s1", "2");
    interest.pattern("s2", "1");
    assertThat(parts).hasSize(MessagingChannels.PARTITIONS);
    interest.destination("s2", "2", "/topic/stock.eur");
    interest.ended("s1", "1");
    interest.ended("s1", "2");
    assertThat(parts).hasSize(MessagingChannels.PARTITIONS);
    interest.ended("s2", "1");
    assertThat(parts).hasSize(MessagingChannels.PARTITIONS);
    release();
    assertThat(parts).containsExactly(2752);
  }

  @Test
  void clientThatBeginsAndEndsPatternsAllTheTimeCausesOneChangeInEachGrace() {
    for (int i = 0; i < 100; i++) {
      interest.pattern("s1", "1");
      interest.ended("s1", "1");
    }
    assertThat(changes).isEqualTo(1);
    assertThat(due).hasSize(1);
    interest.pattern("s1", "1");
    release();
    assertThat(parts).hasSize(MessagingChannels.PARTITIONS);
    assertThat(changes).isEqualTo(1);
    interest.ended("s1");
    interest.destination("s1", "2", "/topic/news");
    assertThat(changes).isEqualTo(1);
    release();
    assertThat(parts).containsExactly(2721);
    assertThat(changes).isEqualTo(2);
  }

  @Test
  void closingWaitsForNoGrace() {
    interest.pattern("s1", "1");
    interest.destination("s2", "1", "/topic/news");
    interest.close();
    assertThat(parts).isEmpty();
    release();
    assertThat(parts).isEmpty();
  }

  @Test
  void userIsListenedForAsLongAsOneOfTheSessionsDoes() {
    interest.user("s1", "1", "alice");
    interest.user("s1", "2", "alice");
    interest.user("s2", "1", "alice");
    assertThat(users).containsExactly("alice");
    interest.ended("s1");
    assertThat(users).containsExactly("alice");
    interest.ended("s2", "1");
    assertThat(users).isEmpty();
  }

  @Test
  void idThatIsUsedTwiceCountsOnceAndEndsThatNeverBeganAreIgnored() {
    interest.destination("s1", "1", "/topic/news");
    interest.destination("s1", "1", "/topic/stock.eur");
    assertThat(parts).containsExactly(2721);
    interest.ended("s1", "9");
    interest.ended("s9");
    interest.ended("s1", "1");
    interest.ended("s1", "1");
    assertThat(parts).isEmpty();
  }
}
