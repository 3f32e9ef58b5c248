package io.sharedredis.farmhub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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

  private static final AtomicInteger STARTED = new AtomicInteger();

  private final Process node;
  private final Path errors;
  private final BufferedReader lines;
  private final AtomicInteger opened = new AtomicInteger();
  private final BlockingQueue<JsonNode> told = new LinkedBlockingQueue<>();

  private StatefulClients(Process node, Path errors) {
    this.node = node;
    this.errors = errors;
    this.lines =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8));
    Thread reader = new Thread(this::readAll, "stateful-clients");
    reader.setDaemon(true);
    reader.start();
  }

  /** Returns when all are connected. */
  static StatefulClients start(int port, int count, String protocol) throws Exception {
    Path errors = Path.of("target", "stateful-" + STARTED.incrementAndGet() + ".log");
    StatefulClients clients =
        new StatefulClients(
            new ProcessBuilder(
                    "node",
                    "stateful.mjs",
                    "http://localhost:" + port + "/hub",
                    Integer.toString(count),
                    protocol)
                .directory(new File("src/test/clients"))
                .redirectError(errors.toFile())
                .start(),
            errors);
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
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (deadline - System.nanoTime() > 0) {
      boolean over = !node.isAlive();
      JsonNode said = told.poll(1, TimeUnit.SECONDS);
      if (said != null) {
        return said;
      }
      if (over) {
        throw ended();
      }
    }
    throw new AssertionError("the clients say nothing; on their error output: " + complaints());
  }

  private AssertionError ended() {
    return new AssertionError(
        "the clients' process has ended with "
            + node.exitValue()
            + " after "
            + opened.get()
            + " sockets; on its error output: "
            + complaints());
  }

  private String complaints() {
    try {
      String text = Files.readString(errors);
      return text.isBlank() ? "nothing" : text.substring(0, Math.min(4_000, text.length()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Waits until they have worked over so many sockets, all together. */
  void awaitOpened(int sockets) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (opened.get() < sockets) {
      if (!node.isAlive() && opened.get() < sockets) {
        throw ended();
      }
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
    try {
      node.getOutputStream().write((lastBroadcast + "\n").getBytes(StandardCharsets.US_ASCII));
      node.getOutputStream().flush();
    } catch (IOException e) {
      assertThat(node.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      throw ended();
    }
    return next();
  }

  @Override
  public void close() {
    node.destroyForcibly();
  }
}
