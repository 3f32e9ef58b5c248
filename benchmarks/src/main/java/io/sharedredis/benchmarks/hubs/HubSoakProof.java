package io.sharedredis.benchmarks.hubs;

import java.util.ArrayList;
import java.util.List;

/**
 * Idle and active connections side by side: the server's heap after a collection and its resident
 * memory must stay where they are once it is warm. Arguments: farm hub's jar, idle connections,
 * active ones, seconds.
 */
public final class HubSoakProof {

  /** Between two looks at the memory; the active connections pause meanwhile. */
  private static final int SECONDS_A_LOOK = 20;

  /** Looks before memory counts as warm. */
  private static final int WARM_UP = 2;

  /** Growth of the heap over the whole time that is no growth; 3 %, what one look differs by. */
  private static final double HEAP_GROWTH = 1.03;

  /** The same of resident memory, which follows the collector's mood. */
  private static final double RESIDENT_GROWTH = 1.10;

  private static final String ECHO =
      "{\"type\":1,\"invocationId\":\"1\",\"target\":\"echo\",\"arguments\":[\""
          + "x".repeat(100)
          + "\"]}\u001e";

  private record Look(double heap, double resident) {}

  private HubSoakProof() {}

  public static void main(String[] arguments) throws Exception {
    int idle = Integer.parseInt(arguments[1]);
    int active = Integer.parseInt(arguments[2]);
    int looks = Math.max(3, Integer.parseInt(arguments[3]) / SECONDS_A_LOOK);
    String java = System.getProperty("java.home") + "/bin/java";
    boolean flat;
    try (ServerProcess server =
            ServerProcess.start(
                "soak", java, List.of("-jar", arguments[0]), "--IsClusterEnv=false");
        LoadClient client = new LoadClient()) {
      client.connect(server.port(), active, true, "/hub");
      client.connect(server.port(), idle, true, "/hub");
      System.out.printf("%d idle and %d active connections%n", idle, active);
      System.out.printf("%6s %10s %10s %10s %10s%n", "s", "heap MB", "RSS MB", "echo/s", "p99 ms");
      List<Look> seen = new ArrayList<>();
      for (int i = 0; i < WARM_UP + looks; i++) {
        LoadClient.Result result = client.run(active, 1, ECHO, 1, 1, SECONDS_A_LOOK - 2, () -> {});
        client.quiet();
        Look look = new Look(server.heapBytes() / 1e6, server.residentBytes() / 1e6);
        System.out.printf(
            "%6s %10.1f %10.1f %10.0f %10.1f%n",
            i < WARM_UP ? "warm" : Integer.toString((i - WARM_UP + 1) * SECONDS_A_LOOK),
            look.heap(),
            look.resident(),
            result.messages() / result.seconds(),
            result.p99Micros() / 1e3);
        if (i >= WARM_UP) {
          seen.add(look);
        }
      }
      Look first = seen.get(0);
      Look last = seen.get(seen.size() - 1);
      flat =
          last.heap() <= first.heap() * HEAP_GROWTH
              && last.resident() <= first.resident() * RESIDENT_GROWTH;
      System.out.printf(
          "heap %.1f to %.1f MB, RSS %.1f to %.1f MB: %s%n",
          first.heap(), last.heap(), first.resident(), last.resident(), flat ? "flat" : "GREW");
    }
    System.exit(flat ? 0 : 1);
  }
}
