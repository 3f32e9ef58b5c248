package io.sharedredis.benchmarks.backplane;

import io.sharedredis.benchmarks.measure.ClientFrames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;

/**
 * WebSocket clients on one thread, spread over servers. The first one sends and keeps a number of
 * requests on their way; the last one, at another server where there are several, is the witness: a
 * request is over when the sender has its answers and the witness its message. Thus no server is
 * left behind unseen.
 */
final class Swarm implements AutoCloseable {
  private static final int BUFFER = 256 * 1024;

  /** Unit: seconds. Longest wait for what a server says when a client comes. */
  private static final int GREETING = 30;

  private final Dialect dialect;
  private final Selector selector = Selector.open();
  private final List<Client> clients = new ArrayList<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
  private final byte[] bytes = new byte[BUFFER];
  private final Queue<Long> sent = new ArrayDeque<>();
  private byte[] request = new byte[0];
  private int perRequest;
  private long senderMessages;
  private long witnessMessages;
  private long over;
  private boolean sending;
  private boolean measuring;
  private long messages;
  private long wireBytes;
  private long[] latencies = new long[1 << 16];
  private int latencyCount;

  private static final class Client {
    final SocketChannel channel;
    final ClientFrames frames;
    long heard;

    Client(SocketChannel channel, ClientFrames frames) {
      this.channel = channel;
      this.frames = frames;
    }
  }

  /**
   * What was measured.
   *
   * @param requests that were over
   * @param deliveries messages that clients got, answers to the sender left out
   * @param wireBytes read from all sockets
   * @param p50Micros from a request to the witness' message and the sender's answer
   */
  record Result(
      long requests,
      long deliveries,
      long wireBytes,
      double seconds,
      double p50Micros,
      double p99Micros) {

    double perSecond() {
      return deliveries / seconds;
    }
  }

  Swarm(Dialect dialect) throws IOException {
    this.dialect = dialect;
  }

  /** Opens connections to a server and waits until each has been greeted. */
  void connect(int port, int count, String path) throws IOException {
    for (int i = 0; i < count; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.socket().setSoTimeout(GREETING * 1000);
      upgrade(channel, path);
      Client client = new Client(channel, dialect.frames());
      for (Dialect.Step step : dialect.greeting()) {
        greet(client, step);
      }
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, client);
      clients.add(client);
    }
  }

  private static void upgrade(SocketChannel channel, String path) throws IOException {
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
        break;
      }
      head.append((char) one.get(0));
    }
    if (!head.toString().startsWith("HTTP/1.1 101")) {
      throw new IOException("no WebSocket at " + path + ": " + head);
    }
  }

  /** Byte by byte: what comes after the greeting belongs to the measurement. */
  private void greet(Client client, Dialect.Step step) throws IOException {
    if (!step.text().isEmpty()) {
      client.channel.write(ByteBuffer.wrap(Dialect.frame(step.text())));
    }
    ByteBuffer one = ByteBuffer.allocate(1);
    for (int answers = 0; answers < step.answers(); ) {
      one.clear();
      if (client.channel.read(one) < 0) {
        throw new IOException("the server hung up on '" + step.text() + "'");
      }
      answers += client.frames.ended(one.array(), 1);
    }
  }

  /**
   * Keeps requests on their way.
   *
   * @param inFlight how many
   * @param own messages that the sender gets itself for each request
   * @param warmUp seconds before anything counts
   * @param edge runs when counting begins and when it ends
   */
  Result run(int inFlight, byte[] request, int own, double warmUp, double seconds, Runnable edge)
      throws IOException {
    this.request = request;
    perRequest = own + dialect.completions();
    sending = false;
    awaitAll();
    quiet();
    senderMessages = 0;
    witnessMessages = 0;
    over = 0;
    sending = true;
    sent.clear();
    for (int i = 0; i < inFlight; i++) {
      send();
    }
    loop(System.nanoTime() + (long) (warmUp * 1e9));
    edge.run();
    messages = 0;
    wireBytes = 0;
    latencyCount = 0;
    long overBefore = over;
    measuring = true;
    long start = System.nanoTime();
    loop(start + (long) (seconds * 1e9));
    double took = (System.nanoTime() - start) / 1e9;
    measuring = false;
    edge.run();
    long requests = over - overBefore;
    long[] sorted = Arrays.copyOf(latencies, latencyCount);
    Arrays.sort(sorted);
    if (requests == 0) {
      throw new IOException("nothing came back within " + took + " s");
    }
    return new Result(
        requests,
        messages - requests * dialect.completions(),
        wireBytes,
        took,
        at(sorted, 0.5) / 1e3,
        at(sorted, 0.99) / 1e3);
  }

  /** Sends until everybody has heard something: groups and subscriptions may take a while. */
  private void awaitAll() throws IOException {
    long deadline = System.nanoTime() + GREETING * 1_000_000_000L;
    while (!allHear()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("somebody hears nothing");
      }
      send();
      loop(System.nanoTime() + 100_000_000L);
    }
  }

  private boolean allHear() {
    return clients.get(0).heard >= perRequest
        && clients.stream().allMatch(client -> client.heard > 0);
  }

  /** Lets what is on its way arrive, and sends nothing more. */
  void quiet() throws IOException {
    sending = false;
    loop(System.nanoTime() + 500_000_000L);
  }

  private static double at(long[] sorted, double part) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) (part * (sorted.length - 1))];
  }

  private void loop(long until) throws IOException {
    try {
      while (System.nanoTime() - until < 0) {
        selector.select(this::read, 10);
      }
    } catch (UncheckedIOException e) {
      throw new IOException(e.getCause());
    }
  }

  private void read(SelectionKey key) {
    try {
      read((Client) key.attachment());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(Client client) throws IOException {
    in.clear();
    int length = client.channel.read(in);
    if (length < 0) {
      throw new IOException("a connection was closed");
    }
    in.flip().get(bytes, 0, length);
    int ended = client.frames.ended(bytes, length);
    client.heard += ended;
    if (measuring) {
      messages += ended;
      wireBytes += length;
    }
    boolean concerned = false;
    if (client == clients.get(0)) {
      senderMessages += ended;
      concerned = true;
    }
    if (client == clients.get(clients.size() - 1)) {
      witnessMessages += ended;
      concerned = true;
    }
    if (concerned && sending) {
      answered();
    }
  }

  private void answered() throws IOException {
    long done = Math.min(senderMessages / perRequest, witnessMessages);
    while (over < done) {
      over++;
      Long begun = sent.poll();
      if (measuring && begun != null) {
        if (latencyCount == latencies.length) {
          latencies = Arrays.copyOf(latencies, 2 * latencyCount);
        }
        latencies[latencyCount++] = System.nanoTime() - begun;
      }
      send();
    }
  }

  private void send() throws IOException {
    sent.add(System.nanoTime());
    ByteBuffer frame = ByteBuffer.wrap(request);
    while (frame.hasRemaining()) {
      clients.get(0).channel.write(frame);
    }
  }

  @Override
  public void close() throws IOException {
    for (Client client : clients) {
      client.channel.close();
    }
    selector.close();
  }
}
