package io.sharedredis.hub.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.ConnectionHandler;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.RawConnection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RawConnectionTest {
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final HubConnections connections = new HubConnections();
  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final Transport transport = new Transport();

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  private TransportListener open(ConnectionHandler handler) {
    HubRequest request = new HubRequest("/echo", Map.of(), Map.of(), null, "session-1", null);
    RawServer server =
        new RawServer(
            handler,
            HubOptions.defaults(),
            new HubRuntime(executor, System::nanoTime, connections));
    transport.above = server.open("one", request, transport);
    return transport.above;
  }

  /** Tells what it sees, and echoes. */
  private class Echo implements ConnectionHandler {
    @Override
    public void connected(RawConnection connection) {
      seen.add("connected");
    }

    @Override
    public void received(RawConnection connection, byte[] bytes) throws Exception {
      connection.send(bytes);
    }

    @Override
    public void disconnected(RawConnection connection, Throwable failure) {
      seen.add("disconnected " + failure);
    }
  }

  @Test
  void bytesComeBackInOrderWhateverTheirPieces() {
    TransportListener above = open(new Echo());
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      sent.append(i).append(',');
      above.received((i + ",").getBytes(StandardCharsets.UTF_8));
    }
    until(() -> transport.written().length() == sent.length());
    assertThat(transport.written()).isEqualTo(sent.toString());
    above.transportClosed();
    until(() -> connections.size() == 0);
    assertThat(seen).containsExactly("connected", "disconnected null");
  }

  @Test
  void handlerThatFailsEndsItsConnectionAndIsToldWhy() {
    TransportListener above =
        open(
            new Echo() {
              @Override
              public void received(RawConnection connection, byte[] bytes) {
                throw new IllegalStateException("no");
              }
            });
    above.received(new byte[] {1});
    until(() -> above.output().finished());
    assertThat(above.output().failed()).isTrue();
    until(() -> seen.size() == 2);
    assertThat(seen)
        .containsExactly("connected", "disconnected java.lang.IllegalStateException: no");
  }

  @Test
  void clientIsNotReadFromWhileItsBytesWaitForTheHandler() {
    CountDownLatch release = new CountDownLatch(1);
    TransportListener above =
        open(
            new Echo() {
              @Override
              public void received(RawConnection connection, byte[] bytes) throws Exception {
                release.await();
              }
            });
    byte[] piece = new byte[HubOptions.defaults().receiveHighWater()];
    above.received(piece);
    assertThat(transport.paused).isFalse();
    above.received(new byte[1]);
    assertThat(transport.paused).isTrue();
    release.countDown();
    until(() -> !transport.paused);
  }

  @Test
  void connectionEndsWithTheSessionItWasOpenedUnder() {
    TransportListener above = open(new Echo());
    assertThat(connections.closeForSession("session-1")).isEqualTo(1);
    until(() -> above.output().finished());
    assertThat(above.output().failed()).isFalse();
  }

  private static void until(BooleanSupplier condition) {
    long late = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time until it is so").isLessThan(late);
      Thread.onSpinWait();
    }
  }

  private static final class Transport implements HubTransport {
    private final StringBuilder written = new StringBuilder();
    volatile TransportListener above;
    volatile boolean paused;

    synchronized String written() {
      return written.toString();
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
      TransportListener open = above;
      List<byte[]> unit = open == null ? null : open.output().take();
      while (unit != null) {
        unit.forEach(bytes -> written.append(new String(bytes, StandardCharsets.UTF_8)));
        open.output().written();
        unit = open.output().take();
      }
    }

    @Override
    public void pauseReading() {
      paused = true;
    }

    @Override
    public void resumeReading() {
      paused = false;
    }

    @Override
    public void abort() {}
  }
}
