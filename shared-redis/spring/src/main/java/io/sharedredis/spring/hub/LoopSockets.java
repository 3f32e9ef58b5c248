package io.sharedredis.spring.hub;

import io.sharedredis.netty.HubLoops;
import io.sharedredis.netty.HubSocket;
import io.sharedredis.netty.tomcat.TomcatTakeover;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * WebSockets on event loops: the handshake is answered here, then the socket is taken over from
 * Tomcat. Who calls has seen that the request asks right. Requests for which that cannot be, over
 * TLS for one, go the portable way.
 */
public final class LoopSockets implements HubSockets {

  /** What the key of a handshake is signed with, RFC 6455 §1.3. */
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final HubLoops loops;
  private final Predicate<HttpServletRequest> possible;
  private final HubSockets portable;

  /**
   * @param possible whether the socket of a request can be taken over
   * @param portable for requests whose cannot
   */
  public LoopSockets(HubLoops loops, Predicate<HttpServletRequest> possible, HubSockets portable) {
    this.loops = loops;
    this.possible = possible;
    this.portable = portable;
  }

  @Override
  public boolean upgrade(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable String subProtocol,
      HubSocket what)
      throws IOException {
    String key = request.getHeader("Sec-WebSocket-Key");
    if (key == null || !possible.test(request)) {
      return portable.upgrade(request, response, subProtocol, what);
    }
    response.setHeader("Upgrade", "websocket");
    response.setHeader("Connection", "Upgrade");
    response.setHeader("Sec-WebSocket-Accept", accept(key.strip()));
    if (subProtocol != null) {
      response.setHeader("Sec-WebSocket-Protocol", subProtocol);
    }
    try {
      request.upgrade(TomcatTakeover.class).to(loops, what);
    } catch (ServletException e) {
      throw new IOException("the socket could not be taken over", e);
    }
    return true;
  }

  private static String accept(String key) {
    try {
      byte[] signed = (key + GUID).getBytes(StandardCharsets.ISO_8859_1);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(signed));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
