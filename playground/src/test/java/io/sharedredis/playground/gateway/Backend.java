package io.sharedredis.playground.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A replica that does on the wire what a test wants, down to a reset in the middle. One request per
 * connection; {@code /readiness} is answered by itself and not recorded.
 */
final class Backend implements AutoCloseable {

  /** What to do with a request. */
  interface Script {
    void play(Request request, Socket socket) throws IOException;
  }

  /** One request as it arrived. */
  record Request(String line, List<String> headers, byte[] body) {

    Optional<String> header(String name) {
      String prefix = name.toLowerCase(Locale.ROOT) + ":";
      return headers.stream()
          .filter(header -> header.toLowerCase(Locale.ROOT).startsWith(prefix))
          .map(header -> header.substring(prefix.length()).trim())
          .findFirst();
    }
  }

  final String name;
  final List<Request> requests = new CopyOnWriteArrayList<>();
  final AtomicInteger probes = new AtomicInteger();
  volatile boolean ready = true;
  volatile Script script = this::answerOk;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final int port;
  private volatile ServerSocket server;

  Backend(String name) throws IOException {
    this.name = name;
    this.server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    this.port = server.getLocalPort();
    accept(server);
  }

  URI origin() {
    return URI.create("http://127.0.0.1:" + port);
  }

  int port() {
    return port;
  }

  /** From now on connections are refused, as by a machine whose process is gone. */
  void die() throws IOException {
    server.close();
    for (Socket socket : open) {
      reset(socket);
    }
  }

  void comeBack() throws IOException {
    ServerSocket again = new ServerSocket();
    again.setReuseAddress(true);
    again.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
    server = again;
    accept(again);
  }

  /** Breaks a connection as a killed process does. */
  static void reset(Socket socket) throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  void answerOk(Request request, Socket socket) throws IOException {
    write(socket, 200, "X-Replica: " + name + "\r\n", name);
  }

  static void write(Socket socket, int status, String headers, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    OutputStream out = socket.getOutputStream();
    out.write(
        ("HTTP/1.1 "
                + status
                + " X\r\nContent-Length: "
                + bytes.length
                + "\r\nConnection: close\r\n"
                + headers
                + "\r\n")
            .getBytes(StandardCharsets.UTF_8));
    out.write(bytes);
    out.flush();
  }

  private void accept(ServerSocket from) {
    Thread acceptor =
        new Thread(
            () -> {
              while (!from.isClosed()) {
                try {
                  Socket socket = from.accept();
                  Thread worker = new Thread(() -> serve(socket));
                  worker.setDaemon(true);
                  worker.start();
                } catch (IOException closed) {
                  return;
                }
              }
            });
    acceptor.setDaemon(true);
    acceptor.start();
  }

  private void serve(Socket socket) {
    open.add(socket);
    try (socket) {
      Optional<Request> request = read(socket.getInputStream());
      if (request.isEmpty()) {
        return;
      }
      if (request.get().line().contains(" /readiness ")) {
        probes.incrementAndGet();
        write(socket, ready ? 200 : 503, "", "");
        return;
      }
      requests.add(request.get());
      script.play(request.get(), socket);
    } catch (IOException gone) {
      // The other side has left; what the test expects is checked there.
      return;
    } finally {
      open.remove(socket);
    }
  }

  private static Optional<Request> read(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return Optional.empty();
      }
      head.append((char) next);
    }
    List<String> lines = List.of(head.toString().trim().split("\r\n"));
    Request bare = new Request(lines.get(0), lines.subList(1, lines.size()), new byte[0]);
    int length = bare.header("Content-Length").map(Integer::parseInt).orElse(0);
    return Optional.of(new Request(bare.line(), bare.headers(), in.readNBytes(length)));
  }

  @Override
  public void close() throws IOException {
    die();
  }
}
