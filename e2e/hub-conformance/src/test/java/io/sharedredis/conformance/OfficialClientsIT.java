package io.sharedredis.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the official clients' own functional tests try, tried by those clients in Node. */
class OfficialClientsIT {

  /**
   * Sixteen behaviours over five combinations of transport and protocol, nine over three
   * transports; the old client knows one of each less, and long polling one less of the nine. Seven
   * of the newest client alone.
   */
  private static final int BEHAVIOURS = 16 * 5 + 15 * 5 + (9 * 3 - 1) + (8 * 3 - 1) + 7;

  @Test
  void newestAndOldClientFindEveryBehaviourOfTheModel() throws Exception {
    List<String> failed = new ArrayList<>();
    int passed = 0;
    try (ConformanceServer server = ConformanceServer.start()) {
      Process node =
          new ProcessBuilder("node", "functional.mjs", server.url(), server.secureUrl())
              .directory(new File("src/test/clients"))
              .redirectError(Path.of("target", "functional.log").toFile())
              .start();
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          JsonNode result = JsonMapper.shared().readTree(line);
          if (result.get("ok").asBoolean()) {
            passed++;
          } else {
            failed.add(line);
          }
        }
      } finally {
        node.destroyForcibly();
      }
    }
    assertThat(failed).isEmpty();
    assertThat(passed).isEqualTo(BEHAVIOURS);
  }
}
