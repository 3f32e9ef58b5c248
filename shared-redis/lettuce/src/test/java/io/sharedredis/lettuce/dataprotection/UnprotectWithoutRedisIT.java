package io.sharedredis.lettuce.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.RedisServer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Counts what a Redis of its own is asked while payloads are protected and unprotected. */
class UnprotectWithoutRedisIT {
  private static final int TIMES = 10_000;

  /** Our own look, and the connection's, which asks now and then whether Redis is still there. */
  private static final Set<String> NOT_COUNTED = Set.of("info", "ping");

  private static final Pattern CALLS = Pattern.compile("cmdstat_([^:]+):calls=(\\d+)");

  private RedisServer redis;
  private RedisNetwork network;
  private RedisKeyRepository repository;
  private DataProtection protection;
  private RedisClient observer;
  private RedisCommands<String, String> observing;

  @BeforeEach
  void start() throws Exception {
    redis = RedisServer.startOwn();
    network = new RedisNetwork(RedisDeadlines.DEFAULT);
    repository =
        new RedisKeyRepository(network, RedisAddress.parse("test", redis.url()), "some-ring");
    repository.firstConnected().get(5, TimeUnit.SECONDS);
    protection =
        new DataProtection(
            DataProtectionOptions.builder().build(),
            repository,
            InstantSource.system(),
            new SecureRandom(),
            new WithoutPoll());
    observer = RedisClient.create(redis.uri());
    observing = observer.connect().sync();
  }

  @AfterEach
  void stop() {
    observer.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    protection.close();
    repository.close();
    network.close();
    redis.close();
  }

  @Test
  void tenThousandUnprotectsAskRedisNothing() {
    DataProtector protector = protection.protector("p");
    String older = protectedByAnOlderKey(protector);
    String payload = protector.protect("secret");
    String forged = payload.substring(0, payload.length() - 4) + "AAAA";
    assertThat(protector.unprotectWithResult(older).requiresMigration()).isTrue();
    settle();
    Map<String, Long> before = calls();
    for (int i = 0; i < TIMES; i++) {
      assertThat(protector.unprotect(payload)).isEqualTo("secret");
      assertThat(protector.unprotect(older)).isEqualTo("older");
      assertThatThrownBy(() -> protector.unprotect(forged))
          .isInstanceOf(DataProtectionException.class);
      assertThat(protector.protect("more")).isNotEmpty();
    }
    assertThat(difference(before, calls())).as("commands that Redis ran meanwhile").isEmpty();
  }

  @Test
  void countingSeesARead() {
    protection.protector("p").protect("secret");
    settle();
    Map<String, Long> before = calls();
    protection.keyManager().refresh();
    assertThat(difference(before, calls())).isNotEmpty();
  }

  private String protectedByAnOlderKey(DataProtector protector) {
    String payload = protector.protect("older");
    Instant now = Instant.now();
    protection.keyManager().create(now, now.plus(Duration.ofDays(365)));
    return payload;
  }

  /** The announcement of a change brings a read or two in the background. */
  private void settle() {
    AtomicReference<Map<String, Long>> last = new AtomicReference<>(Map.of());
    Awaitility.await()
        .pollInterval(Duration.ofMillis(300))
        .until(() -> difference(last.getAndSet(calls()), last.get()).isEmpty());
  }

  /** Calls of each command since the server started. */
  private Map<String, Long> calls() {
    Map<String, Long> calls = new TreeMap<>();
    Matcher line = CALLS.matcher(observing.info("commandstats"));
    while (line.find()) {
      if (!NOT_COUNTED.contains(line.group(1))) {
        calls.put(line.group(1), Long.parseLong(line.group(2)));
      }
    }
    return calls;
  }

  private static Map<String, Long> difference(Map<String, Long> before, Map<String, Long> after) {
    Map<String, Long> more = new TreeMap<>(after);
    more.replaceAll((command, count) -> count - before.getOrDefault(command, 0L));
    more.values().removeIf(count -> count == 0);
    return more;
  }

  /**
   * Runs what it is given, except what repeats: the ring's look at the store in the background
   * costs Redis the same however many payloads there are, and is not counted here.
   */
  private static final class WithoutPoll extends ScheduledThreadPoolExecutor {
    WithoutPoll() {
      super(1);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(
        Runnable poll, long initialDelay, long delay, TimeUnit unit) {
      return schedule(() -> {}, 365, TimeUnit.DAYS);
    }
  }
}
