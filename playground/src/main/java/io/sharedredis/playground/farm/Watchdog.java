package io.sharedredis.playground.farm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A small process beside the launcher that outlives it. It holds the reading end of a pipe; when
 * the launcher dies, however it dies, the system closes the pipe, and the watchdog ends what was
 * noted.
 */
public final class Watchdog {

  /** Last line of a launcher that has cleaned up itself. */
  static final String DONE = "done";

  private Watchdog() {}

  /** Reads notes until the pipe closes; ends what is left unless the launcher said it is done. */
  public static void run(InputStream pipe) throws IOException {
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(pipe, StandardCharsets.UTF_8))) {
      String line = reader.readLine();
      while (line != null) {
        if (line.equals(DONE)) {
          return;
        }
        lines.add(line);
        line = reader.readLine();
      }
    }
    new Leftovers(lines).end();
  }
}
