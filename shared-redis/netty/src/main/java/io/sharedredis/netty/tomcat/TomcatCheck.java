package io.sharedredis.netty.tomcat;

import org.apache.coyote.ProtocolHandler;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.upgrade.InternalHttpUpgradeHandler;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

/** Whether the sockets of a connector of Tomcat's can be taken over. */
public final class TomcatCheck {
  private TomcatCheck() {}

  /** Why not; null when they can. */
  public static @Nullable String obstacle(ProtocolHandler protocol) {
    if (protocol.getClass() != Http11NioProtocol.class) {
      return "the connector's protocol is " + protocol.getClass().getName();
    }
    if (((AbstractHttp11Protocol<?>) protocol).isSSLEnabled()) {
      return "TLS ends at the connector";
    }
    return missing();
  }

  /** What this code uses and another version of Tomcat may not have. */
  private static @Nullable String missing() {
    try {
      SocketWrapperBase.class.getMethod("getSocket");
      SocketWrapperBase.class.getMethod("getLock");
      SocketWrapperBase.class.getMethod("execute", Runnable.class);
      SocketWrapperBase.class.getMethod("close");
      SocketWrapperBase.class.getMethod("getSocketBufferHandler");
      SocketWrapperBase.class.getMethod("read", boolean.class, java.nio.ByteBuffer.class);
      NioChannel.class.getMethod("getIOChannel");
      InternalHttpUpgradeHandler.class.getMethod("hasAsyncIO");
    } catch (NoSuchMethodException | LinkageError e) {
      return "this version of Tomcat differs inside: " + e.getMessage();
    }
    return null;
  }

  /** Whether connections give their share of Tomcat's buffers back while they are ours. */
  public static boolean releasesBuffers() {
    return TomcatBuffers.releasable();
  }
}
