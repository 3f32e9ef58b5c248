package io.sharedredis.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy that misbehaves on command, to be put between a client and its server.
 *
 * <p>Thread-safe. Two threads per connection: meant for tens of connections, not for thousands.
 */
public final class FaultyProxy implements AutoCloseable {

  private final InetSocketAddress target;
  private final int port;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Set<Requests> connections = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private @Nullable ServerSocket listener;
  private @Nullable Thread acceptor;
  private Duration delay = Duration.ZERO;
  private boolean requestsHeld;
  private boolean answersHeld;
  private @Nullable String heldRequest;

  private FaultyProxy(InetSocketAddress target) {
    this.target = target;
    this.port = FreePorts.one();
    listen();
  }

  /** A proxy on a free loopback port that forwards to {@code host:port}. */
  public static FaultyProxy to(String host, int port) {
    return new FaultyProxy(new InetSocketAddress(host, port));
  }

  /** A proxy in front of a Redis server without TLS. */
  public static FaultyProxy to(RedisServer server) {
    return to(server.uri().getHost(), server.uri().getPort());
  }

  public int port() {
    return port;
  }

  /** A Redis URL that leads through this proxy; for servers without a password. */
  public String redisUrl() {
    return "redis://127.0.0.1:" + port;
  }

  /** Holds every chunk of bytes, in both directions, for this long before it is passed on. */
  public void delay(Duration perChunk) {
    change(() -> delay = perChunk);
  }

  /** Passes nothing on in either direction; connections stay open and new ones are accepted. */
  public void blackHole() {
    change(
        () -> {
          requestsHeld = true;
          answersHeld = true;
        });
  }

  /** Passes requests on and holds everything that the server says. */
  public void holdAnswers() {
    change(() -> answersHeld = true);
  }

  /**
   * Passes requests on and holds what the server says on connections whose client has sent this
   * text, such as {@code SUBSCRIBE}, before or after.
   */
  public void holdAnswersTo(String request) {
    change(() -> heldRequest = request);
  }

  /**
   * Forgets the connections that exist now, as a firewall does: nothing is passed on over them any
   * more, in either direction, and nobody is told. New ones behave; {@link #heal()} brings the
   * forgotten ones back.
   */
  public void forgetConnections() {
    forgetConnections("");
  }

  /** As {@link #forgetConnections()}, for those whose client has sent this text. */
  public void forgetConnections(String request) {
    change(
        () ->
            connections.stream()
                .filter(sent -> sent.contain(request))
                .forEach(sent -> sent.forgotten = true));
  }

  /** Closes all connections in order and refuses new ones until {@link #heal()}. */
  public void cut() {
    closeListener();
    sockets.forEach(FaultyProxy::closeQuietly);
  }

  /** Ends all connections with a TCP reset; new ones are accepted. */
  public void reset() {
    List<Socket> ended = List.copyOf(sockets);
    // All of them first: closing one makes the pump close its other end, which must be a reset too.
    for (Socket socket : ended) {
      try {
        socket.setSoLinger(true, 0);
      } catch (IOException alreadyClosed) {
        // Nothing left to reset.
      }
    }
    ended.forEach(FaultyProxy::closeQuietly);
  }

  /** Behaves again: what was held is passed on, new connections are accepted. */
  public void heal() {
    release();
    if (listener == null) {
      listen();
    }
  }

  @Override
  public void close() {
    cut();
    release();
  }

  private void release() {
    change(
        () -> {
          delay = Duration.ZERO;
          requestsHeld = false;
          answersHeld = false;
          heldRequest = null;
          connections.forEach(sent -> sent.forgotten = false);
        });
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void listen() {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      listener = socket;
      acceptor = daemon("accept", () -> accept(socket));
    } catch (IOException e) {
      throw new IllegalStateException("could not listen on port " + port, e);
    }
  }

  private void closeListener() {
    ServerSocket socket = listener;
    listener = null;
    if (socket != null) {
      closeQuietly(socket);
    }
    // While a thread still sleeps in accept(), the kernel goes on accepting.
    Thread thread = acceptor;
    acceptor = null;
    if (thread != null) {
      try {
        thread.join(5_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        sockets.add(client);
        Socket server = new Socket();
        sockets.add(server);
        daemon("client", () -> connectAndPump(client, server));
      } catch (IOException e) {
        if (socket.isClosed()) {
          return;
        }
      }
    }
  }

  private void connectAndPump(Socket client, Socket server) {
    try {
      server.connect(target, 2_000);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Requests requests = new Requests();
      connections.add(requests);
      daemon("answers", () -> pump(server, client, requests, false));
      pump(client, server, requests, true);
      connections.remove(requests);
    } catch (IOException e) {
      drop(client, server);
    }
  }

  /** What a client has sent on one connection; enough of it to look for a command's name. */
  private static final class Requests {
    private static final int KEPT = 64 * 1024;
    private final StringBuilder text = new StringBuilder();
    private volatile boolean forgotten;

    synchronized void add(byte[] bytes, int length) {
      if (text.length() < KEPT) {
        text.append(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
      }
    }

    synchronized boolean contain(String part) {
      return text.indexOf(part) >= 0;
    }
  }

  private void pump(Socket from, Socket to, Requests sent, boolean requests) {
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        if (requests) {
          sent.add(buffer, read);
        }
        awaitPassage(sent, requests);
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      // One side ended; the other is closed with it below, as a router would.
      drop(from, to);
    }
    drop(from, to);
  }

  private boolean held(Requests sent, boolean requests) {
    if (sent.forgotten) {
      return true;
    }
    if (requests) {
      return requestsHeld;
    }
    return answersHeld || (heldRequest != null && sent.contain(heldRequest));
  }

  private void awaitPassage(Requests sent, boolean requests) throws IOException {
    Duration hold;
    lock.lock();
    try {
      while (held(sent, requests)) {
        changed.awaitUninterruptibly();
      }
      hold = delay;
    } finally {
      lock.unlock();
    }
    if (!hold.isZero()) {
      try {
        Thread.sleep(hold.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  private void drop(Socket one, Socket other) {
    closeQuietly(one);
    closeQuietly(other);
    sockets.remove(one);
    sockets.remove(other);
  }

  private Thread daemon(String what, Runnable body) {
    Thread thread = new Thread(body, "faulty-proxy-" + port + "-" + what);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // Closing a broken socket may fail; there is nothing left to release.
      return;
    }
  }
}
