package io.sharedredis.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The few Redis commands the test kit itself needs, over a plain socket. */
final class RespProbe {

  /**
   * Unit: milliseconds. A healthy local server answers within one; SHUTDOWN SAVE may take longer.
   */
  private static final int SOCKET_TIMEOUT = 5_000;

  /** Unit: milliseconds between two looks at a server that is coming up. */
  private static final long STEP = 10;

  private RespProbe() {}

  /**
   * Sends one command, after AUTH where a password is given, and returns the reply's first line.
   */
  static String command(int port, @Nullable String password, String... words) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", port), SOCKET_TIMEOUT);
      socket.setSoTimeout(SOCKET_TIMEOUT);
      if (password != null) {
        String answer = exchange(socket, "AUTH", password);
        if (!answer.startsWith("+")) {
          throw new IOException("AUTH was refused");
        }
      }
      return exchange(socket, words);
    }
  }

  /** Waits until the server answers PING, unless {@code stillAlive} says that it has ended. */
  static void awaitAnswering(int port, @Nullable String password, StillAlive stillAlive) {
    long end = System.nanoTime() + RedisHost.START_DEADLINE.toNanos();
    String last = "no answer";
    while (System.nanoTime() < end) {
      stillAlive.check();
      try {
        last = command(port, password, "PING");
        if (last.startsWith("+PONG")) {
          return;
        }
      } catch (IOException e) {
        last = String.valueOf(e.getMessage());
      }
      pause();
    }
    throw new IllegalStateException(
        "Redis on port " + port + " did not answer PING in time; last answer: " + last);
  }

  static void awaitListening(String host, int port, Duration deadline) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) deadline.toMillis());
    } catch (IOException e) {
      throw new IllegalStateException(
          "no Redis at " + host + ":" + port + ", which REDIS_URL names: " + e.getMessage(), e);
    }
  }

  private static String exchange(Socket socket, String... words) throws IOException {
    StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      request.append('$').append(word.getBytes(StandardCharsets.UTF_8).length);
      request.append("\r\n").append(word).append("\r\n");
    }
    socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
    InputStream in = socket.getInputStream();
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static void pause() {
    try {
      Thread.sleep(STEP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for Redis", e);
    }
  }

  /** Throws when waiting longer is pointless. */
  @FunctionalInterface
  interface StillAlive {
    void check();
  }
}
