package io.sharedredis.farmhub;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Microsoft's client with a resume id, in a process of its own. */
final class ResumingClient implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 90;

  private final Process node;
  private final BlockingQueue<JsonNode> told = new LinkedBlockingQueue<>();

  private ResumingClient(Process node) {
    this.node = node;
    Thread reader = new Thread(this::readAll, "resuming-client");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * @param kind {@code plain} without negotiation, or {@code stateful}
   */
  static ResumingClient start(int port, String protocol, String kind) throws IOException {
    return new ResumingClient(
        new ProcessBuilder(
                "node", "resume.mjs", "http://localhost:" + port + "/hub", protocol, kind)
            .directory(new File("src/test/clients"))
            .redirectError(Path.of("target", "resume-" + kind + ".log").toFile())
            .start());
  }

  private void readAll() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        told.add(JsonMapper.shared().readTree(line));
      }
    } catch (IOException e) {
      told.add(JsonMapper.shared().createObjectNode().put("failure", e.toString()));
    }
  }

  /** What it says next. */
  JsonNode next() throws InterruptedException {
    JsonNode said = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (said == null) {
      throw new AssertionError("the client says nothing; it is alive: " + node.isAlive());
    }
    return said;
  }

  /** Waits until it has heard that text, and says what it has heard. */
  JsonNode finish(String last) throws Exception {
    node.getOutputStream().write((last + "\n").getBytes(StandardCharsets.US_ASCII));
    node.getOutputStream().flush();
    return next();
  }

  @Override
  public void close() {
    node.destroyForcibly();
  }
}
