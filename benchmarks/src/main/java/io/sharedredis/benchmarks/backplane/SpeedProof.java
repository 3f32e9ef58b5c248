package io.sharedredis.benchmarks.backplane;

import io.sharedredis.benchmarks.measure.Measurements;
import io.sharedredis.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs the measurements of the backplane and compares them with their targets. Exits with 1 if one
 * is missed.
 */
final class SpeedProof {
  /** Of bare Lettuce's slowest of a hundred messages. */
  private static final double MAX_P99 = 1.5;

  /** Of bare Lettuce's messages a second. */
  private static final double MIN_THROUGHPUT = 0.6;

  /** Of the messages a second of bare Lettuce that runs the same script. */
  private static final double MIN_RELIABLE = 0.5;

  private final Measurements measured = new Measurements();
  private int missed;

  private SpeedProof() {}

  /**
   * @param args farm hub's jar, rounds and milliseconds of a turn and of the warm-up without
   *     sockets, rounds, seconds of a turn and of the warm-up with servers, file for the plot of
   *     scaling
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    print("Java %s, %d processors", Runtime.version(), Runtime.getRuntime().availableProcessors());
    SpeedProof proof = new SpeedProof();
    if (!args[1].equals("0")) {
      try (RedisServer redis = RedisServer.startOwn()) {
        proof.measured.fork(BusFork.class, redis.url(), args[1], args[2], args[3]);
      }
      proof.judgeBus();
    }
    int rounds = Integer.parseInt(args[4]);
    double seconds = Double.parseDouble(args[5]);
    try (Farm farm = new Farm(args[0], proof.measured)) {
      farm.warmUp(Double.parseDouble(args[6]));
      for (int round = 0; round < rounds; round++) {
        farm.round(seconds);
        farm.scale(seconds);
      }
      proof.judgeFarm();
      proof.printScaling(Path.of(args[7]));
      try (Peers peers = new Peers(farm.replicas(2), proof.measured)) {
        peers.warmUp(Double.parseDouble(args[6]) / 2);
        for (int round = 0; round < rounds; round++) {
          peers.round(round, seconds);
        }
        proof.judgePeers(peers.names());
      }
    }
    print(proof.missed == 0 ? "all targets met" : proof.missed + " targets missed");
    System.exit(proof.missed == 0 ? 0 : 1);
  }

  private void judgeBus() {
    print("%n%-44s %9s %9s %9s %9s", "without sockets", "a second", "cpu us", "p50 us", "p99 us");
    List<String> ways =
        List.of(
            BusFork.PUBLISH,
            BusFork.GROUP,
            BusFork.ALL,
            BusFork.SCRIPT,
            BusFork.BATCHES,
            BusFork.RELIABLE);
    for (String way : ways) {
      print(
          "%-44s %9.0f %9.1f %9.1f %9.1f",
          way,
          measured.median(way + BusFork.PER_SECOND),
          measured.median(way + BusFork.CPU) / 1000,
          measured.median(way + BusFork.P50),
          measured.median(way + BusFork.P99));
    }
    // Who fails fast looks fast, and an outcome that was unknown may arrive in a later turn.
    for (String way : ways) {
      double failed = measured.median(way + BusFork.FAILED);
      print("%-60s %5.0f, max 0 %s", way + BusFork.FAILED, failed, verdict(failed == 0));
    }
    for (String way : List.of(BusFork.GROUP, BusFork.ALL)) {
      atMost(
          way + ", p99 over Lettuce's", way + BusFork.P99, BusFork.PUBLISH + BusFork.P99, MAX_P99);
    }
    for (String way : List.of(BusFork.GROUP, BusFork.ALL)) {
      atLeast(way + ", throughput", way, BusFork.PUBLISH, MIN_THROUGHPUT);
    }
    atLeast(BusFork.RELIABLE, BusFork.RELIABLE, BusFork.SCRIPT, MIN_RELIABLE);
    atLeast(BusFork.RELIABLE + ", batches", BusFork.RELIABLE, BusFork.BATCHES, MIN_RELIABLE);
  }

  private void atMost(String what, String ours, String theirs, double target) {
    double ratio = measured.ratio(ours, theirs);
    print("%-60s %5.2f, max %.1f %s", what, ratio, target, verdict(ratio <= target));
  }

  private void atLeast(String what, String ours, String theirs, double target) {
    double ratio = measured.ratio(ours + BusFork.PER_SECOND, theirs + BusFork.PER_SECOND);
    print("%-60s %5.2f, min %.1f %s", what, ratio, target, verdict(ratio >= target));
  }

  private void judgeFarm() {
    print(
        "%n%-44s %8s %9s %9s %8s %8s",
        "servers with sockets", "us each", "each/s", "sends/s", "p50 ms", "p99 ms");
    for (Farm.Load load : Farm.LOADS) {
      for (String where : List.of(Farm.ALONE, Farm.TOGETHER)) {
        String name = load.name() + " " + where;
        print(
            "%-44s %8.2f %9.0f %9.0f %8.2f %8.2f",
            name,
            measured.median(name + Farm.CPU),
            measured.median(name + Farm.PER_SECOND),
            measured.median(name + Farm.SENDS),
            measured.median(name + Farm.P50) / 1000,
            measured.median(name + Farm.P99) / 1000);
      }
    }
    for (Farm.Load load : Farm.LOADS) {
      String together = load.name() + " " + Farm.TOGETHER;
      if (!Double.isNaN(load.target())) {
        atMost(
            load.name() + ", processor time with Redis",
            together + Farm.CPU,
            load.name() + " " + Farm.ALONE + Farm.CPU,
            load.target());
      }
    }
    print("%n%-44s %9s %9s %9s %9s", "counted", "commands", "Redis B", "Redis us", "bytes");
    print("%-44s %9s %9s %9s %9s", "", "a send", "a send", "a send", "each");
    for (Farm.Load load : Farm.LOADS) {
      String name = load.name() + " " + Farm.TOGETHER;
      print(
          "%-44s %9.2f %9.0f %9.1f %9.0f",
          name,
          measured.median(name + Farm.COMMANDS),
          measured.median(name + Farm.REDIS_BYTES),
          measured.median(name + Farm.REDIS_CPU),
          measured.median(name + Farm.BYTES));
    }
  }

  /**
   * By what the busiest replica does in a second of processor time: all share two processors here.
   */
  private void printScaling(Path plot) throws IOException {
    print("%n%-44s %8s %9s %9s %6s", "scaling", "us each", "each/s", "busiest/s", "times");
    List<Double> times = new ArrayList<>();
    for (int count = 1; count <= Farm.MOST; count++) {
      String name = Farm.scaled(count);
      times.add(measured.ratio(name + Farm.PER_BUSIEST, Farm.scaled(1) + Farm.PER_BUSIEST));
      print(
          "%-44s %8.2f %9.0f %9.0f %6.2f",
          name,
          measured.median(name + Farm.CPU),
          measured.median(name + Farm.PER_SECOND),
          measured.median(name + Farm.PER_BUSIEST),
          times.get(count - 1));
    }
    Files.writeString(
        plot,
        Plot.svg(
            "Deliveries a second, a processor for each replica, times one replica's",
            "replicas (broadcast to 1,000 connections); dashed: ideal",
            times));
  }

  private void judgePeers(List<String> names) {
    print(
        "%n%-44s %8s %9s %8s %8s",
        "2 replicas x 500 clients, 4 in flight", "us each", "each/s", "p50 ms", "p99 ms");
    for (String name : names) {
      print(
          "%-44s %8.2f %9.0f %8.1f %8.1f",
          name,
          measured.median(name + Farm.CPU),
          measured.median(name + Farm.PER_SECOND),
          measured.median(name + Farm.P50) / 1000,
          measured.median(name + Farm.P99) / 1000);
    }
    for (String name : names) {
      if (!name.equals(Peers.OURS)) {
        double ratio = measured.ratio(Peers.OURS + Farm.PER_SECOND, name + Farm.PER_SECOND);
        print("%-60s %5.2f, min 1.0 %s", "deliveries over " + name, ratio, verdict(ratio > 1));
      }
    }
    if (!names.contains(Peers.STOMP)) {
      print(
          "%s: not measured, there is no RabbitMQ here (Debian: apt-get install rabbitmq-server)",
          Peers.STOMP);
    }
  }

  private String verdict(boolean met) {
    if (!met) {
      missed++;
    }
    return met ? "ok" : "MISSED";
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
