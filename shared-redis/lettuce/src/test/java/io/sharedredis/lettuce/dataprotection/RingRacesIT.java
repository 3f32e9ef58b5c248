package io.sharedredis.lettuce.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.sharedredis.testkit.RedisServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Sixteen providers in several processes, each with connections of its own, start at once on an
 * empty Redis. Rounds by {@code ring.rounds}, processes by {@code ring.processes}.
 */
class RingRacesIT {
  private static final int PROVIDERS = 16;
  private static final int ROUNDS = Integer.getInteger("ring.rounds", 3);
  private static final int PROCESSES = Integer.getInteger("ring.processes", 2);

  /** How far apart the starts of one round lie at most, in milliseconds, round after round. */
  private static final int[] JITTER = {0, 8, 50};

  @Test
  void providersThatStartAtOnceOnAnEmptyRedisMakeOneKeyAndReadEachOther() throws Exception {
    List<RingProcess> processes = new ArrayList<>();
    try (RedisServer server = RedisServer.startOwn()) {
      RedisClient client = RedisClient.create(server.uri());
      try {
        for (int i = 0; i < PROCESSES; i++) {
          processes.add(new RingProcess());
        }
        RedisCommands<String, String> redis = client.connect().sync();
        long begin = System.nanoTime();
        for (int round = 0; round < ROUNDS; round++) {
          redis.flushall();
          race(server, processes, round);
          assertThat(redis.llen("ring")).as("keys in round %d", round).isEqualTo(1);
        }
        System.out.printf(
            "ring races: %d providers in %d processes, %d rounds on an empty Redis in %d s: one key"
                + " in each, %d payloads read by every provider, 0 failures%n",
            PROVIDERS,
            PROCESSES,
            ROUNDS,
            (System.nanoTime() - begin) / 1_000_000_000L,
            PROVIDERS * ROUNDS);
      } finally {
        client.shutdown();
      }
    } finally {
      processes.forEach(RingProcess::close);
    }
  }

  private static void race(RedisServer server, List<RingProcess> processes, int round) {
    String open = "open " + server.url() + " ring " + PROVIDERS / PROCESSES;
    processes.forEach(process -> process.tell(open));
    processes.forEach(process -> assertThat(process.answer()).isEqualTo("opened"));
    String protect = "protect " + JITTER[round % JITTER.length];
    processes.forEach(process -> process.tell(protect));
    List<String> payloads = new ArrayList<>();
    processes.forEach(process -> payloads.addAll(List.of(process.answer().split(" "))));
    assertThat(payloads).hasSize(PROVIDERS);
    String unprotect = "unprotect " + String.join(" ", payloads);
    processes.forEach(process -> process.tell(unprotect));
    for (RingProcess process : processes) {
      assertThat(process.answer()).as("round %d", round).isEqualTo("0 failures ");
    }
    processes.forEach(process -> process.tell("close"));
    processes.forEach(process -> assertThat(process.answer()).isEqualTo("closed"));
  }
}
