package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.HubRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A client at the other end of a transport without network. Messages are JSON without their
 * separator.
 */
final class TestClient implements HubTransport {
  /** Longest wait for a message that must come. */
  private static final long PATIENCE_SECONDS = 10;

  static final String END = "<end>";
  static final String ABORTED = "<aborted>";

  final Wire connection;
  private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
  private volatile boolean reading = true;
  volatile boolean readingPaused;

  /** Whether it can be asked what it has received. */
  volatile boolean confirms;

  volatile Runnable question;
  private boolean ended;

  TestClient(HubServer server, String id, HubRequest request) {
    connection = server.open(id, request, this, false);
  }

  TestClient handshake() {
    send("{\"protocol\":\"json\",\"version\":1}");
    assertThat(next()).isEqualTo("{}");
    return this;
  }

  void send(String... json) {
    connection.received((String.join("\u001e", json) + "\u001e").getBytes(StandardCharsets.UTF_8));
  }

  void sendBytes(byte[] bytes) {
    connection.received(bytes);
  }

  void call(String id, String target, String arguments) {
    send(
        "{\"arguments\":["
            + arguments
            + "],\"invocationId\":\""
            + id
            + "\",\"target\":\""
            + target
            + "\",\"type\":1}");
  }

  String next() {
    try {
      String message = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(message).as("a message of the server").isNotNull();
      return message;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  boolean nothingCame() {
    return messages.isEmpty();
  }

  /** The socket breaks, without a close frame. */
  void lose() {
    connection.transportLost();
  }

  void disconnect() {
    connection.transportClosed();
  }

  /** From now on nothing is taken from the server, as by a peer whose window is full. */
  void stopReading() {
    reading = false;
  }

  @Override
  public String name() {
    return "WebSockets";
  }

  @Override
  public boolean supportsBinary() {
    return true;
  }

  @Override
  public void useBinary(boolean binary) {}

  @Override
  public synchronized void outputReady() {
    List<byte[]> unit = connection == null ? null : connection.output().take();
    while (unit != null) {
      if (!reading) {
        return;
      }
      // Before the test sees the message: it may move the clock at once, and no write may look
      // stuck.
      connection.output().written();
      for (byte[] frame : unit) {
        String text = new String(frame, StandardCharsets.UTF_8);
        for (String message : text.split("\u001e")) {
          messages.add(message);
        }
      }
      unit = connection.output().take();
    }
    if (connection != null && connection.output().finished() && !ended) {
      ended = true;
      messages.add(END);
    }
  }

  @Override
  public boolean confirm(Runnable received) {
    question = received;
    return confirms;
  }

  /** Says that it has received everything. */
  void confirm() {
    Runnable asked = question;
    question = null;
    asked.run();
  }

  @Override
  public void pauseReading() {
    readingPaused = true;
  }

  @Override
  public void resumeReading() {
    readingPaused = false;
  }

  @Override
  public void abort() {
    messages.add(ABORTED);
  }
}
