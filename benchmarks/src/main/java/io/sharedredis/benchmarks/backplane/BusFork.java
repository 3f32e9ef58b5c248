package io.sharedredis.benchmarks.backplane;

import io.sharedredis.benchmarks.measure.Figure;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The backplane without sockets of clients, beside bare Lettuce with the same bytes, by turns in
 * one JVM: from the hub's context on one replica to the send queue of a client of the other.
 */
final class BusFork {
  static final String PUBLISH = "Lettuce: publish to listener";
  static final String SCRIPT = "Lettuce: the script for each message";
  static final String BATCHES = "Lettuce: the script for all that waits";
  static final String GROUP = "to a group on the other replica";
  static final String ALL = "to all, the sender's replica included";
  static final String RELIABLE = "reliably, to a group on the other replica";

  static final String PER_SECOND = ", messages a second";
  static final String CPU = ", processor ns a message";
  static final String P50 = ", p50 us";
  static final String FAILED = ", not sent";
  static final String P99 = ", p99 us";

  private static final String TEXT = "x".repeat(100);

  private BusFork() {}

  /**
   * @param args URL of Redis, rounds, milliseconds of a turn, milliseconds of warm-up of each way
   */
  public static void main(String[] args) throws InterruptedException {
    String redis = args[0];
    int rounds = Integer.parseInt(args[1]);
    long turn = Long.parseLong(args[2]);
    long warm = Long.parseLong(args[3]);
    try (Replica a = new Replica("a", redis, false);
        Replica b = new Replica("b", redis, false);
        Replica keeperA = new Replica("keeper-a", redis, true);
        Replica keeperB = new Replica("keeper-b", redis, true)) {
      a.awaitHeard();
      keeperA.awaitHeard();
      byte[] payload =
          BareLettuce.capture(
              redis,
              Replica.Probe.class.getName() + ":all",
              () -> {
                var unused = a.context().clients().all().send("m", TEXT);
              });
      try (BareLettuce bare = new BareLettuce(redis, payload)) {
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put(PUBLISH, bare.publishing());
        ways.put(GROUP, way(b, () -> a.context().clients().group("b").send("m", TEXT)));
        ways.put(ALL, way(b, () -> a.context().clients().all().send("m", TEXT)));
        ways.put(SCRIPT, bare.appending());
        ways.put(
            RELIABLE,
            way(
                keeperB,
                () -> keeperA.context().clients().reliable().group("keeper-b").send("m", TEXT)));
        ways.put(BATCHES, bare.appendingInBatches());
        run(ways, rounds, turn, warm);
      }
    }
    System.exit(0);
  }

  private static void run(Map<String, Way> ways, int rounds, long turn, long warm)
      throws InterruptedException {
    Map<String, Flow> flows = new LinkedHashMap<>();
    ways.forEach((name, way) -> flows.put(name, new Flow(name, way)));
    // By turns, so that compilers see all of it and not one after the other.
    for (int part = 0; part < 4; part++) {
      for (Flow flow : flows.values()) {
        Flow.Throughput unused = flow.throughput(warm / 5);
        long[] ignored = flow.latencies(warm / 20);
      }
    }
    flows.values().forEach(Flow::forgetFailures);
    List<String> order = new ArrayList<>(flows.keySet());
    for (int round = 0; round < rounds; round++) {
      for (String name : order) {
        Flow flow = flows.get(name);
        if (flow != null) {
          Flow.Throughput many = flow.throughput(turn);
          new Figure(name + PER_SECOND, many.perSecond()).print();
          new Figure(name + CPU, many.cpuNanos()).print();
        }
      }
      for (String name : order) {
        Flow flow = flows.get(name);
        if (flow != null) {
          long[] single = flow.latencies(turn);
          new Figure(name + P50, single[single.length / 2] / 1e3).print();
          new Figure(name + P99, single[(int) (0.99 * (single.length - 1))] / 1e3).print();
        }
      }
      Collections.reverse(order);
    }
    flows.forEach((name, flow) -> new Figure(name + FAILED, flow.failures()).print());
  }

  private static Way way(Replica to, Supplier<CompletionStage<Void>> send) {
    return new Way() {
      @Override
      public CompletionStage<?> send() {
        return send.get();
      }

      @Override
      public void onArrival(Runnable listener) {
        to.onQueued(listener);
      }
    };
  }
}
