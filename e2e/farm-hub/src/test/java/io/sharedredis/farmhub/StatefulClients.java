package io.sharedredis.farmhub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Microsoft's clients in a process of their own, at work until they are told to stop. */
final class StatefulClients implements AutoCloseable {
  /** Longer than the clients' own patience. */
  private static final long PATIENCE_SECONDS = 150;

  private final Process node;
  private final BufferedReader lines;
  private final AtomicInteger opened = new AtomicInteger();
  private final BlockingQueue<JsonNode> told = new LinkedBlockingQueue<>();

  private StatefulClients(Process node) {
    this.node = node;
    this.lines =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8));
    Thread reader = new Thread(this::readAll, "stateful-clients");
    reader.setDaemon(true);
    reader.start();
  }

  /** Returns when all are connected. */
  static StatefulClients start(int port, int count, String protocol) throws Exception {
    StatefulClients clients =
        new StatefulClients(
            new ProcessBuilder(
                    "node",
                    "stateful.mjs",
                    "http://localhost:" + port + "/hub",
                    Integer.toString(count),
                    protocol)
                .directory(new File("src/test/clients"))
                .redirectError(Path.of("target", "stateful.log").toFile())
                .start());
    assertThat(clients.next().get("ready").asInt()).isEqualTo(count);
    return clients;
  }

  private void readAll() {
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode said = JsonMapper.shared().readTree(line);
        if (said.has("open")) {
          opened.incrementAndGet();
        } else {
          told.add(said);
        }
      }
    } catch (IOException e) {
      told.add(JsonMapper.shared().createObjectNode().put("failure", e.toString()));
    }
  }

  private JsonNode next() throws InterruptedException {
    JsonNode said = told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(said).as("what the clients say, see target/stateful.log").isNotNull();
    return said;
  }

  /** Waits until they have worked over so many sockets, all together. */
  void awaitOpened(int sockets) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (opened.get() < sockets) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError(opened.get() + " of " + sockets + " sockets: " + finish(-1));
      }
      LockSupport.parkNanos(5_000_000L);
    }
  }

  /**
   * Ends the load and says what came of it.
   *
   * @param lastBroadcast number of the last broadcast they must have got; -1 when there was none
   */
  JsonNode finish(int lastBroadcast) throws Exception {
    node.getOutputStream().write((lastBroadcast + "\n").getBytes(StandardCharsets.US_ASCII));
    node.getOutputStream().flush();
    return next();
  }

  @Override
  public void close() {
    node.destroyForcibly();
  }
}
