package io.sharedredis.benchmarks.dataprotection;

import io.sharedredis.benchmarks.measure.Figure;
import io.sharedredis.benchmarks.measure.Rounds;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** What one JVM measures of the peers; prints {@link Figure}s for {@link SpeedProof}. */
final class PeersFork {
  private PeersFork() {}

  /**
   * @param args rounds
   */
  public static void main(String[] args) throws RunnerException {
    int rounds = Integer.parseInt(args[0]);
    for (Peer.Kind kind : Peer.Kind.values()) {
      Rounds.warmUp("PeersBenchmark.protect", "PeersBenchmark.unprotect", parameters(kind, 1024));
    }
    for (int round = 0; round < rounds; round++) {
      for (int size : SpeedCase.SIZES) {
        for (String operation : new String[] {"protect", "unprotect"}) {
          for (Peer.Kind kind : Peer.Kind.values()) {
            Rounds.Turn turn =
                Rounds.turn("PeersBenchmark." + operation, 1, parameters(kind, size));
            new Figure(name(kind, operation, size), turn.cpuNanos()).print();
          }
        }
      }
    }
  }

  static String name(Peer.Kind kind, String operation, int size) {
    return String.format(Locale.ROOT, "peer %s %s %d B", kind, operation, size);
  }

  private static Map<String, String> parameters(Peer.Kind kind, int size) {
    return Map.of("kind", kind.name(), "size", Integer.toString(size));
  }
}
