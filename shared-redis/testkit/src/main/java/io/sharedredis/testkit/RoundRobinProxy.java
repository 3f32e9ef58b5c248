package io.sharedredis.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The plainest load balancer there is: each HTTP/1.1 request goes to the next server, whoever sent
 * it, and WebSocket upgrades pass. A server that refuses the connection is skipped, once it is
 * noticed that way.
 *
 * <p>Each request is made the last of its connection, so that clients that keep connections are
 * spread as well. Thread-safe. Two threads per request: meant for tests.
 */
public final class RoundRobinProxy implements AutoCloseable {

  /** Largest request head; longer ones end the connection. */
  private static final int LARGEST_HEAD = 64 * 1024;

  private final ServerSocket listener;
  private final List<InetSocketAddress> servers;
  private final boolean byTurns;
  private final AtomicInteger next = new AtomicInteger();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  private RoundRobinProxy(boolean byTurns, int... ports) {
    this.byTurns = byTurns;
    this.servers =
        Arrays.stream(ports)
            .mapToObj(port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .toList();
    try {
      this.listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException("no port is free for a proxy", e);
    }
    daemon(this::accept, "round-robin");
  }

  /** A proxy on a free loopback port before servers on these ports of this machine. */
  public static RoundRobinProxy before(int... ports) {
    return new RoundRobinProxy(true, ports);
  }

  /**
   * As {@link #before}, but without turns: each request goes to the first server that takes
   * connections.
   */
  public static RoundRobinProxy firstOf(int... ports) {
    return new RoundRobinProxy(false, ports);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** How many requests have come. */
  public int requests() {
    return next.get();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        daemon(() -> serve(client), "round-robin-request");
      } catch (IOException e) {
        // Closed, or a client that went before it was accepted.
      }
    }
  }

  private void serve(Socket client) {
    Socket server = null;
    try {
      client.setTcpNoDelay(true);
      byte[] head = head(client.getInputStream());
      if (head.length > 0) {
        server = connect();
        Socket chosen = server;
        sockets.add(chosen);
        server.getOutputStream().write(asTheLast(head));
        daemon(() -> copy(client, chosen, false), "round-robin-up");
        copy(server, client, true);
      }
    } catch (IOException e) {
      // Either side has gone; so does the other.
    } finally {
      close(client);
      if (server != null) {
        close(server);
      }
    }
  }

  private Socket connect() throws IOException {
    IOException refused = new IOException("there are no servers");
    int request = next.getAndIncrement();
    int first = byTurns ? Math.floorMod(request, servers.size()) : 0;
    for (int i = 0; i < servers.size(); i++) {
      Socket socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.connect(servers.get((first + i) % servers.size()), 1_000);
        return socket;
      } catch (IOException e) {
        close(socket);
        refused = e;
      }
    }
    throw refused;
  }

  private static byte[] head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream(1024);
    int matched = 0;
    while (matched < 4 && head.size() < LARGEST_HEAD) {
      int next = in.read();
      if (next < 0) {
        return new byte[0];
      }
      head.write(next);
      boolean wanted = next == (matched % 2 == 0 ? '\r' : '\n');
      matched = wanted ? matched + 1 : next == '\r' ? 1 : 0;
    }
    return matched == 4 ? head.toByteArray() : new byte[0];
  }

  /** The head, saying that no further request follows; upgrades stay what they are. */
  private static byte[] asTheLast(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.toLowerCase(Locale.ROOT).contains("\r\nupgrade: websocket\r\n")) {
      return head;
    }
    String last =
        text.replaceAll("(?i)\r\nconnection: [^\r]*", "")
            .replaceFirst("\r\n", "\r\nConnection: close\r\n");
    return last.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void copy(Socket from, Socket to, boolean closing) {
    byte[] buffer = new byte[8 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // Either side has gone.
    }
    // A client that has gone is gone for the server too.
    close(to);
    if (closing) {
      close(from);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone as it is.
    }
  }

  private static void daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // Nobody can connect any more, one way or the other.
    }
    sockets.forEach(RoundRobinProxy::close);
  }
}
