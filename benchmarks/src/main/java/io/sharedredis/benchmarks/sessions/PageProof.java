package io.sharedredis.benchmarks.sessions;

import io.sharedredis.benchmarks.measure.Measurements;
import io.sharedredis.testkit.RedisServer;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * The sample page under every candidate by turns: a server process each, a proxy process that puts
 * Redis a millisecond away, and the load from this process. Only what the servers use of the
 * processors counts for them.
 */
final class PageProof implements Closeable {
  static final String CPU_MICROS = " cpu us";
  static final String PER_CORE_SECOND = " requests a core-second";
  static final String PER_SECOND = " requests a second";
  static final String P50 = " p50 ms";
  static final String P99 = " p99 ms";
  static final String BUSY_P99 = " p99 ms when busy";
  static final String PAIRED = " in pairs,";
  static final String FULL_P99 = " p99 ms at full load";
  static final String SESSION_BYTES = " bytes a session";

  /** Added to every command's way to Redis. */
  private static final String DELAY_MICROS = "1000";

  /** Browsers of each candidate: more than its processors can serve at once. */
  private static final int BROWSERS = 32;

  /** Requests a second at which latency is measured: all candidates keep up on a free machine. */
  private static final int RATE = 100;

  /** Sessions whose memory is taken together, so that what is rounded up falls out. */
  private static final int FOOTPRINT = 200;

  private static final Duration WARM_TURN = Duration.ofSeconds(3);

  /** The two that are judged, by turns. */
  private static final List<Candidate> PAIR = List.of(Candidate.SHARED_REDIS, Candidate.SPRING);

  /** Full load in one half of a pair: over before the machine changes. */
  private static final Duration FULL_TURN = Duration.ofSeconds(4);

  /** At each of the rates in one half of a pair. */
  private static final Duration RATE_TURN = Duration.ofSeconds(2);

  /** Not counted: what the other one drove out of the caches comes back. */
  private static final Duration RETURN = Duration.ofSeconds(1);

  /** Requests a second: a third of what the slower of the two can serve at most, on two cores. */
  private static final int BUSY_RATE = 1000;

  private static final List<String> HEAP = List.of("-Xms384m", "-Xmx384m");

  private final RedisServer redis = RedisServer.startOwn();
  private final RedisFacts facts = new RedisFacts(redis.uri());
  private final Fork proxy;
  private final Map<Candidate, Fork> servers = new EnumMap<>(Candidate.class);
  private final Map<Candidate, Load> loads = new EnumMap<>(Candidate.class);
  private final Map<String, LongStream.Builder> latencies = new HashMap<>();
  private final Measurements measured;

  PageProof(Measurements measured) throws IOException {
    this.measured = measured;
    this.proxy =
        Fork.start(
            DelayProxy.class,
            List.of("-Xmx64m"),
            Integer.toString(redis.uri().getPort()),
            DELAY_MICROS);
    String url = "redis://127.0.0.1:" + proxy.port();
    for (Candidate candidate : Candidate.values()) {
      servers.put(candidate, Fork.start(PageServer.class, HEAP, candidate.name(), url));
    }
  }

  /** Memory of Redis for sessions with one and the same content; before anything else. */
  void measureFootprint() throws IOException {
    for (Candidate candidate : Candidate.values()) {
      if (candidate == Candidate.NONE) {
        continue;
      }
      // What a candidate keeps once, and not for each session, is there after the first.
      Load.on(server(candidate).port(), 1, true).close();
      long before = facts.usedMemory();
      Load.on(server(candidate).port(), FOOTPRINT, true).close();
      measured.add(
          candidate.title() + SESSION_BYTES, (double) (facts.usedMemory() - before) / FOOTPRINT);
    }
  }

  /**
   * Signs browsers in, and serves each candidate's for so long at full load. By time, not by
   * requests: compilers are done with what is used after some 30 s of it, whatever a request costs,
   * and before that all are several times dearer.
   */
  void warmUp(Duration time) throws IOException {
    for (Candidate candidate : Candidate.values()) {
      loads.put(
          candidate, Load.on(server(candidate).port(), BROWSERS, candidate != Candidate.NONE));
    }
    // By turns: compilers go on with what one candidate used while another one serves.
    for (long turns = time.dividedBy(WARM_TURN); turns > 0; turns--) {
      for (Candidate candidate : Candidate.values()) {
        Load.Served unused = load(candidate).atMost(WARM_TURN);
      }
    }
  }

  /** One turn of every candidate, whoever begins changing. */
  void round(int number, Duration time) {
    List<Candidate> turns = new ArrayList<>(List.of(Candidate.values()));
    Collections.rotate(turns, number);
    for (Candidate candidate : turns) {
      Duration before = server(candidate).processorTime();
      Load.Served full = load(candidate).atMost(time);
      double cpu = server(candidate).processorTime().minus(before).toNanos() / 1e9;
      int requests = full.latencies().length;
      measured.add(candidate.title() + CPU_MICROS, cpu * 1e6 / requests);
      measured.add(candidate.title() + PER_CORE_SECOND, requests / cpu);
      measured.add(candidate.title() + PER_SECOND, full.perSecond());
      measured.add(candidate.title() + FULL_P99, full.quantileMillis(0.99));
      Load.Served easy = load(candidate).atRate(RATE, time);
      measured.add(candidate.title() + P50, easy.quantileMillis(0.5));
      measured.add(candidate.title() + P99, easy.quantileMillis(0.99));
    }
  }

  /**
   * One turn of each of the two that are judged. Many short ones say more than a few long ones:
   * what else the machine does meets both.
   */
  void pair(int number) {
    List<Candidate> turns = new ArrayList<>(PAIR);
    Collections.rotate(turns, number);
    for (Candidate candidate : turns) {
      Load.Served unused = load(candidate).atMost(RETURN);
      Duration before = server(candidate).processorTime();
      Load.Served full = load(candidate).atMost(FULL_TURN);
      double cpu = server(candidate).processorTime().minus(before).toNanos() / 1e9;
      measured.add(candidate.title() + PAIRED + PER_CORE_SECOND, full.latencies().length / cpu);
      pool(candidate.title() + FULL_P99, full);
      pool(candidate.title() + BUSY_P99, load(candidate).atRate(BUSY_RATE, RATE_TURN));
      pool(candidate.title() + P99, load(candidate).atRate(RATE, RATE_TURN));
    }
  }

  private void pool(String figure, Load.Served served) {
    LongStream.Builder all = latencies.computeIfAbsent(figure, unused -> LongStream.builder());
    LongStream.of(served.latencies()).forEach(all);
  }

  /** The slowest of a hundred answers of all pairs, into the figures. */
  void closePairs() {
    latencies.forEach(
        (figure, all) ->
            measured.add(
                figure.replace(" p99", PAIRED + " p99"),
                new Load.Served(all.build().sorted().toArray(), 0).quantileMillis(0.99)));
    latencies.clear();
  }

  private Fork server(Candidate candidate) {
    Fork server = servers.get(candidate);
    if (server == null) {
      throw new IllegalStateException(candidate + " was not started");
    }
    return server;
  }

  private Load load(Candidate candidate) {
    Load load = loads.get(candidate);
    if (load == null) {
      throw new IllegalStateException(candidate + " has no browsers");
    }
    return load;
  }

  @Override
  public void close() throws IOException {
    for (Load load : loads.values()) {
      load.close();
    }
    for (Fork server : servers.values()) {
      server.close();
    }
    proxy.close();
    facts.close();
    redis.close();
  }
}
