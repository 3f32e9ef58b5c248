package io.sharedredis.spring.hub;

import io.sharedredis.netty.HubSocket;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes hub connections of requests that want to become WebSockets. */
public interface HubSockets {

  /**
   * Answers the WebSocket handshake.
   *
   * @param subProtocol the one to speak of those the client offers; null for none
   * @return whether the request becomes a WebSocket; if not, it is answered, and neither of what
   *     {@code what} has to run has run
   */
  boolean upgrade(
      HttpServletRequest request,
      HttpServletResponse response,
      @Nullable String subProtocol,
      HubSocket what)
      throws IOException;
}
