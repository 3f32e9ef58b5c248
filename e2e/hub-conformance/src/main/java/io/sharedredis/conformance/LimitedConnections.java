package io.sharedredis.conformance;

import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioEndpoint;

/**
 * Kestrel's limit of connections: one more is closed without an answer, while Tomcat's lets it
 * wait. WebSockets do not count. Tomcat makes it by its name.
 */
public final class LimitedConnections extends Http11NioProtocol {
  private final Endpoint endpoint;

  public LimitedConnections() {
    this(new Endpoint());
  }

  private LimitedConnections(Endpoint endpoint) {
    super(endpoint);
    this.endpoint = endpoint;
  }

  void setMost(int most) {
    endpoint.most = most;
  }

  private static final class Endpoint extends NioEndpoint {
    private static final int LOOKS = 30;
    private static final long BETWEEN_LOOKS_NANOS = 10_000_000;

    private volatile int most = Integer.MAX_VALUE;

    @Override
    protected boolean setSocketOptions(SocketChannel socket) {
      // Whoever has just become a WebSocket counts for a moment more.
      for (int look = 0; look < LOOKS; look++) {
        if (plain() < most) {
          return super.setSocketOptions(socket);
        }
        LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
      }
      destroySocket(socket);
      return true;
    }

    private long plain() {
      return getConnections().stream()
          .filter(
              open ->
                  !(open.getCurrentProcessor() instanceof Processor serving && serving.isUpgrade()))
          .count();
    }
  }
}
