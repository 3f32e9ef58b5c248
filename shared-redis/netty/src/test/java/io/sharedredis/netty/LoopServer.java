package io.sharedredis.netty;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.NonBlocking;
import io.sharedredis.hub.lifetime.InProcessHubLifetime;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.hub.server.HubDefinition;
import io.sharedredis.hub.server.HubRuntime;
import io.sharedredis.hub.server.HubServer;
import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.TransportListener;
import io.sharedredis.hub.server.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A hub whose sockets come straight from an accepting thread, without an HTTP server. */
final class LoopServer implements AutoCloseable {
  static final AtomicInteger DISCONNECTED = new AtomicInteger();

  final HubLoops loops = new HubLoops(2);
  final HubConnections connections = new HubConnections();
  final AtomicLong nanoTime = new AtomicLong(System.nanoTime());
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger ended = new AtomicInteger();
  private final ExecutorService executor = Executors.newFixedThreadPool(4);
  private final ServerSocketChannel listening;
  private final HubServer hub;
  private final boolean returning;

  /** With stateful reconnect each socket after the first one takes its connection on. */
  private volatile Wire latest;

  static class Probe extends Hub<ClientProxy> {
    @Override
    protected void onDisconnected(Throwable failure) {
      DISCONNECTED.incrementAndGet();
    }

    public String echo(String text) {
      return text;
    }

    @NonBlocking
    public String quick(String text) {
      return text + " on " + Thread.currentThread().getName();
    }

    public String where() {
      return Thread.currentThread().getName();
    }

    public String large(int size) {
      return "x".repeat(size);
    }

    @NonBlocking
    public CompletionStage<Void> all(int size) {
      return clients().all().send("m", "y".repeat(size));
    }

    public void leave() {
      context().abort();
    }
  }

  LoopServer(HubOptions options) throws IOException {
    returning = options.statefulReconnects().allowed();
    hub =
        new HubServer(
            HubDefinition.of(
                    Probe.class,
                    () -> {
                      Probe probe = new Probe();
                      return () -> probe;
                    },
                    List.of(new JsonHubProtocol(), new MessagePackHubProtocol()))
                .withOptions(options),
            (name, protocols) -> new InProcessHubLifetime(),
            new HubRuntime(executor, nanoTime::get, connections));
    listening =
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    Thread accepting = new Thread(this::accept, "accepting");
    accepting.setDaemon(true);
    accepting.start();
  }

  private void accept() {
    ConnectionIds ids = new ConnectionIds();
    HubRequest request = new HubRequest("/", Map.of(), Map.of(), null, null, null);
    try {
      while (true) {
        SocketChannel socket = listening.accept();
        socket.configureBlocking(false);
        String id = ids.next();
        HubSocket what =
            new HubSocket(
                id,
                transport -> open(id, request, transport),
                opened::incrementAndGet,
                ended::incrementAndGet);
        loops.adopt(socket, new byte[0], what, () -> {});
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private TransportListener open(String id, HubRequest request, HubTransport transport) {
    if (!returning) {
      return hub.open(id, request, transport);
    }
    Wire before = latest;
    Wire next =
        before == null
            ? (Wire) hub.open(id, request, transport, true)
            : before.connection().resume(request, transport);
    latest = next;
    return next;
  }

  int port() throws IOException {
    return ((InetSocketAddress) listening.getLocalAddress()).getPort();
  }

  LoopClient connect() throws IOException {
    return new LoopClient(port());
  }

  /** A client past its handshake. */
  LoopClient open() throws IOException {
    LoopClient client = connect();
    client.send(ClientFrames.text("{\"protocol\":\"json\",\"version\":1}\u001e"));
    client.expect("{}");
    return client;
  }

  @Override
  public void close() throws IOException {
    listening.close();
    loops.close();
    executor.shutdownNow();
  }
}
