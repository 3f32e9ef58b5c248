package io.sharedredis.benchmarks.hubs;

import io.sharedredis.benchmarks.measure.ClientFrames;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Many WebSocket clients on one thread. A message is what ends with the record separator; each
 * connection keeps a number of its own on their way, and what comes back is counted, not read.
 */
final class LoadClient implements AutoCloseable {
  private static final byte SEPARATOR = 0x1e;
  private static final byte[] HANDSHAKE =
      ClientFrames.text(
          "{\"protocol\":\"json\",\"version\":1}\u001e".getBytes(StandardCharsets.UTF_8));

  private final Selector selector = Selector.open();
  private final List<Connection> connections = new ArrayList<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(256 * 1024);
  private final byte[] bytes = new byte[256 * 1024];
  private long[] latencies = new long[1 << 20];
  private int latencyCount;
  private boolean measuring;
  private long received;

  /** One client. */
  private static final class Connection {
    final SocketChannel channel;
    byte[] request = new byte[0];
    int perRequest;
    final java.util.ArrayDeque<Long> sent = new java.util.ArrayDeque<>();
    int pieces;
    final ClientFrames frames = new ClientFrames(SEPARATOR);

    Connection(SocketChannel channel) {
      this.channel = channel;
    }
  }

  /**
   * What was measured.
   *
   * @param messages received by all connections
   */
  record Result(long messages, double seconds, double p50Micros, double p99Micros) {}

  LoadClient() throws IOException {}

  /** Opens connections and waits until each has shaken hands. */
  void connect(int port, int count, boolean hub, String path) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      String request =
          "GET "
              + path
              + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer one = ByteBuffer.allocate(1);
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        one.clear();
        if (channel.read(one) < 0) {
          throw new IOException("no WebSocket: " + head);
        }
        head.append((char) one.get(0));
      }
      if (!head.toString().startsWith("HTTP/1.1 101")) {
        throw new IOException("no WebSocket: " + head);
      }
      if (hub) {
        channel.write(ByteBuffer.wrap(HANDSHAKE));
        ByteBuffer answer = ByteBuffer.allocate(5);
        while (answer.hasRemaining() && channel.read(answer) >= 0) {}
      }
      channel.configureBlocking(false);
      Connection connection = new Connection(channel);
      channel.register(selector, SelectionKey.OP_READ, connection);
      connections.add(connection);
    }
  }

  /**
   * Keeps requests on their way.
   *
   * @param senders connections that send
   * @param inFlight requests of each that wait for their answer
   * @param messagesPerRequest messages a sender gets for one request
   */
  Result run(
      int senders,
      int inFlight,
      String text,
      int messagesPerRequest,
      double warmUp,
      double seconds,
      Runnable started)
      throws IOException {
    byte[] request = ClientFrames.text(text.getBytes(StandardCharsets.UTF_8));
    measuring = false;
    for (int i = 0; i < senders; i++) {
      Connection connection = connections.get(i);
      connection.request = request;
      connection.perRequest = messagesPerRequest;
      connection.pieces = 0;
      for (int k = 0; k < inFlight; k++) {
        send(connection);
      }
    }
    loop(System.nanoTime() + (long) (warmUp * 1e9));
    started.run();
    received = 0;
    latencyCount = 0;
    measuring = true;
    long start = System.nanoTime();
    loop(start + (long) (seconds * 1e9));
    double took = (System.nanoTime() - start) / 1e9;
    measuring = false;
    long[] sorted = Arrays.copyOf(latencies, latencyCount);
    Arrays.sort(sorted);
    Result result = new Result(received, took, at(sorted, 0.5) / 1e3, at(sorted, 0.99) / 1e3);
    return result;
  }

  /** Lets what is on its way arrive, and sends nothing more. */
  void quiet() throws IOException {
    for (Connection connection : connections) {
      connection.perRequest = 0;
    }
    loop(System.nanoTime() + 500_000_000L);
    for (Connection connection : connections) {
      connection.sent.clear();
    }
  }

  private static double at(long[] sorted, double part) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) (part * (sorted.length - 1))];
  }

  private void loop(long until) throws IOException {
    while (System.nanoTime() - until < 0) {
      selector.select(
          key -> {
            try {
              read((Connection) key.attachment());
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          },
          10);
    }
  }

  private void read(Connection connection) throws IOException {
    in.clear();
    int length = connection.channel.read(in);
    if (length < 0) {
      throw new IOException("a connection was closed");
    }
    in.flip().get(bytes, 0, length);
    int answers = connection.frames.ended(bytes, length);
    if (measuring) {
      received += answers;
    }
    if (connection.perRequest > 0) {
      connection.pieces += answers;
      int done = 0;
      while (connection.pieces >= connection.perRequest) {
        connection.pieces -= connection.perRequest;
        done++;
      }
      if (done > 0) {
        answered(connection, done);
      }
    }
  }

  // Requests go out one by one, as clients send them that do not wait for each other.
  private void answered(Connection connection, int count) throws IOException {
    long now = System.nanoTime();
    for (int i = 0; i < count; i++) {
      Long sent = connection.sent.poll();
      if (measuring && sent != null) {
        if (latencyCount == latencies.length) {
          latencies = Arrays.copyOf(latencies, 2 * latencyCount);
        }
        latencies[latencyCount++] = now - sent;
      }
      send(connection);
    }
  }

  private void send(Connection connection) throws IOException {
    connection.sent.add(System.nanoTime());
    ByteBuffer request = ByteBuffer.wrap(connection.request);
    while (request.hasRemaining()) {
      connection.channel.write(request);
    }
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.channel.close();
    }
    selector.close();
  }
}
