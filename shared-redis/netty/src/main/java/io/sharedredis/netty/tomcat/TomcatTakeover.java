package io.sharedredis.netty.tomcat;

import io.sharedredis.netty.HubLoops;
import io.sharedredis.netty.HubSocket;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.Lock;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SSLSupport;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/**
 * Takes one connection's socket from Tomcat as soon as the answer 101 is written. Tomcat goes on
 * counting the connection until it is closed, and does nothing else with it. Tomcat makes it,
 * {@code request.upgrade} returns it; it is told {@link #to} before the request ends.
 */
public final class TomcatTakeover implements InternalHttpUpgradeHandler {
  private @Nullable SocketWrapperBase<?> wrapper;
  private @Nullable HubLoops loops;
  private @Nullable HubSocket what;
  private boolean taken;

  /** What becomes of the socket. */
  public void to(HubLoops eventLoops, HubSocket hubSocket) {
    loops = eventLoops;
    what = hubSocket;
  }

  @Override
  public void setSocketWrapper(SocketWrapperBase<?> socket) {
    wrapper = socket;
  }

  @Override
  public void init(WebConnection connection) {}

  /**
   * Says that Tomcat has nothing to read here. First asked when the upgrade is complete and the
   * socket is not in Tomcat's poller: this is the moment to take it.
   */
  @Override
  public boolean hasAsyncIO() {
    if (!taken) {
      taken = true;
      take();
    }
    return true;
  }

  private void take() {
    SocketWrapperBase<?> tomcats = wrapper;
    HubLoops eventLoops = loops;
    HubSocket hubSocket = what;
    if (tomcats == null || eventLoops == null || hubSocket == null) {
      throw new IllegalStateException("a WebSocket was upgraded without a connection");
    }
    if (!(tomcats.getSocket() instanceof NioChannel socket)
        || socket.getClass() != NioChannel.class) {
      hubSocket.ended().run();
      throw new IllegalStateException(
          "Tomcat's socket is no plain NIO socket but " + tomcats.getSocket().getClass());
    }
    byte[] early;
    try {
      early = readBefore(tomcats);
    } catch (IOException e) {
      hubSocket.ended().run();
      throw new UncheckedIOException(e);
    }
    TomcatBuffers buffers = TomcatBuffers.release(tomcats.getSocketBufferHandler());
    eventLoops.adopt(socket.getIOChannel(), early, hubSocket, () -> release(tomcats, buffers));
  }

  /** What a client sent right behind its request, which Tomcat has read with it. */
  private static byte[] readBefore(SocketWrapperBase<?> socket) throws IOException {
    SocketBufferHandler buffers = socket.getSocketBufferHandler();
    byte[] early = new byte[0];
    while (!buffers.isReadBufferEmpty()) {
      ByteBuffer some = ByteBuffer.allocate(buffers.getReadBuffer().capacity() - 1);
      int length = socket.read(false, some);
      if (length <= 0) {
        break;
      }
      int at = early.length;
      early = Arrays.copyOf(early, at + length);
      some.flip().get(early, at, length);
    }
    return early;
  }

  // Tomcat's thread may still be busy with the upgrade; the loop must not wait for it.
  private static void release(SocketWrapperBase<?> socket, @Nullable TomcatBuffers buffers) {
    if (socket.getLock().tryLock()) {
      try {
        close(socket, buffers);
      } finally {
        socket.getLock().unlock();
      }
      return;
    }
    socket.execute(
        () -> {
          Lock lock = socket.getLock();
          lock.lock();
          try {
            close(socket, buffers);
          } finally {
            lock.unlock();
          }
        });
  }

  private static void close(SocketWrapperBase<?> socket, @Nullable TomcatBuffers buffers) {
    if (buffers != null && !socket.isClosed()) {
      buffers.restore();
    }
    socket.close();
  }

  /** Tomcat stops; the hub's own drain came before, and the loops close what is left. */
  @Override
  public SocketState upgradeDispatch(SocketEvent event) {
    return SocketState.CLOSED;
  }

  @Override
  public void timeoutAsync(long now) {}

  @Override
  public void setSslSupport(SSLSupport support) {}

  @Override
  public void pause() {}

  @Override
  public void destroy() {}
}
