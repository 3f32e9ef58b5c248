package io.sharedredis.lettuce.dataprotection;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.keyring.KeyActivation;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.testkit.FaultyProxy;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * How long after the call that revokes a key other processes still accept it, on one clock of one
 * machine. Counts by {@code ring.revocations}, {@code ring.processes}, {@code ring.cuts}; the limit
 * in milliseconds by {@code ring.limit}, wider in the build, whose machine is busy.
 */
class RevocationLatencyIT {
  private static final int REVOCATIONS = Integer.getInteger("ring.revocations", 10);
  private static final int PROCESSES = Integer.getInteger("ring.processes", 2);
  private static final int CUTS = Integer.getInteger("ring.cuts", 1);
  private static final long LIMIT = Integer.getInteger("ring.limit", 3_000) * 1_000_000L;

  /** Keys of one ring: rings of people hold ten, not thousands. */
  private static final int KEYS = 50;

  private final RedisNetwork network = new RedisNetwork(RedisDeadlines.DEFAULT);
  private final List<RingProcess> processes = new ArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<UUID> keys = new ArrayList<>();
  private final List<String> payloads = new ArrayList<>();
  private final RedisServer server = RedisServer.startOwn();
  private final FaultyProxy proxy = FaultyProxy.to(server);
  private DataProtection revoker;
  private int next;

  @BeforeEach
  void startProcesses() throws Exception {
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(new RingProcess());
    }
  }

  @AfterEach
  void stop() throws Exception {
    processes.forEach(RingProcess::close);
    closeRing();
    network.close();
    proxy.close();
    server.close();
  }

  @Test
  void revocationIsInForceOnEveryProcessWithinASecond() throws Exception {
    List<Long> latencies = new ArrayList<>();
    for (int i = 0; i < REVOCATIONS; i++) {
      if (next == payloads.size()) {
        newRing(List.of());
      }
      String payload = arm(processes);
      long begin = revoke();
      for (RingProcess process : processes) {
        latencies.add(refused(process) - begin);
      }
      assertThat(payload).isNotEmpty();
    }
    print(REVOCATIONS + " revocations seen by " + PROCESSES + " processes", latencies);
    assertThat(Collections.max(latencies)).isLessThan(LIMIT);
  }

  @Test
  void revocationIsInForceOnAProcessThatWasCutOffAsSoonAsItIsBack() throws Exception {
    RingProcess cut = processes.get(0);
    List<RingProcess> others = processes.subList(1, processes.size());
    List<Long> latencies = new ArrayList<>();
    for (int i = 0; i < CUTS; i++) {
      newRing(List.of(cut));
      arm(processes);
      proxy.blackHole();
      long begin = revoke();
      for (RingProcess other : others) {
        assertThat(refused(other) - begin).isLessThan(LIMIT);
      }
      // Long enough for deadlines to pass, circuits to open and connections to be given up.
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2_000 + 250L * i));
      long back = System.nanoTime();
      proxy.heal();
      latencies.add(refused(cut) - back);
    }
    print(CUTS + " silent cuts of 2 s and more, from the end of the cut", latencies);
    assertThat(Collections.max(latencies)).isLessThan(LIMIT);
  }

  @Test
  void revocationIsInForceOnAProcessWhoseConnectionsDiedWithoutAWord() throws Exception {
    RingProcess deaf = processes.get(0);
    List<Long> latencies = new ArrayList<>();
    for (int i = 0; i < CUTS; i++) {
      newRing(List.of(deaf));
      arm(processes);
      proxy.forgetConnections();
      long begin = revoke();
      for (RingProcess process : processes) {
        long latency = refused(process) - begin;
        if (process == deaf) {
          latencies.add(latency);
        }
      }
      proxy.heal();
    }
    print(CUTS + " revocations at the moment all connections died silently", latencies);
    assertThat(Collections.max(latencies)).isLessThan(LIMIT);
  }

  @Test
  void revocationIsInForceOnAProcessThatWasStalledAsSoonAsItGoesOn() throws Exception {
    RingProcess stalled = processes.get(0);
    List<Long> latencies = new ArrayList<>();
    for (int i = 0; i < CUTS; i++) {
      newRing(List.of());
      arm(processes);
      stalled.pause();
      revoke();
      for (RingProcess other : processes.subList(1, processes.size())) {
        refused(other);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1_000 + 250L * i));
      long back = System.nanoTime();
      stalled.resume();
      latencies.add(refused(stalled) - back);
    }
    print(CUTS + " stalls (SIGSTOP) of 1 s and more, from the moment it goes on", latencies);
    assertThat(Collections.max(latencies)).isLessThan(LIMIT);
  }

  /** A ring with many keys, of which the last protects and the others are revoked one by one. */
  private void newRing(List<RingProcess> throughTheProxy) throws Exception {
    closeRing();
    String ring = "ring-" + UUID.randomUUID();
    RedisKeyRepository repository =
        new RedisKeyRepository(network, RedisAddress.parse("test", server.url()), ring);
    repository.firstConnected().get(10, TimeUnit.SECONDS);
    revoker = DataProtection.open(DataProtectionOptions.builder().build(), repository);
    open.addAll(List.of(revoker, repository));
    keys.clear();
    payloads.clear();
    next = 0;
    // Loaded first: a ring that is still being loaded may make a key of its own after ours.
    revoker.keyManager().ring();
    int count = Math.min(KEYS, throughTheProxy.isEmpty() ? REVOCATIONS : 1);
    for (int i = 0; i < count; i++) {
      keys.add(revoker.keyManager().create(KeyActivation.NOW, Duration.ofDays(30)).id());
      assertThat(revoker.keyManager().ring().defaultKey().id()).isEqualTo(keys.get(i));
      payloads.add(revoker.protector("purpose").protect("what every replica can read"));
    }
    revoker.keyManager().create(KeyActivation.NOW, Duration.ofDays(30));
    for (RingProcess process : processes) {
      process.ask("close");
      String url = throughTheProxy.contains(process) ? proxy.redisUrl() : server.url();
      process.ask("open " + url + " " + ring + " 1");
      process.ask("protect 0");
    }
  }

  private void closeRing() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
    open.clear();
  }

  /** All accept the next payload, and go on trying until they do not. */
  private String arm(List<RingProcess> all) {
    String payload = payloads.get(next);
    all.forEach(process -> process.tell("await " + payload));
    all.forEach(process -> assertThat(process.answer()).isEqualTo("accepted"));
    return payload;
  }

  /** The time before the call. */
  private long revoke() {
    long begin = System.nanoTime();
    revoker.keyManager().revoke(keys.get(next++), "to be measured");
    return begin;
  }

  private static long refused(RingProcess process) {
    String answer = process.answer();
    assertThat(answer).startsWith("refused ");
    return Long.parseLong(answer.substring("refused ".length()));
  }

  private static void print(String what, List<Long> latencies) {
    long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "revocation latency, %s: p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, max %.1f ms%n",
        what, at(sorted, 0.5), at(sorted, 0.95), at(sorted, 0.99), at(sorted, 1));
    assertThat(Arrays.stream(sorted).min().orElseThrow()).isPositive();
  }

  private static double at(long[] sorted, double share) {
    int index = (int) Math.ceil(share * sorted.length) - 1;
    return sorted[Math.max(0, index)] / 1e6;
  }
}
