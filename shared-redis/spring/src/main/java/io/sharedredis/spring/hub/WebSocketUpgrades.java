package io.sharedredis.spring.hub;

import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What requests say about WebSockets (RFC 6455 §4.2.1). */
final class WebSocketUpgrades {
  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;

  private WebSocketUpgrades() {}

  /** Whether the request asks for a WebSocket, and asks right; anything else is none. */
  static boolean isAsked(HttpServletRequest request) {
    return names(request.getHeaders("Upgrade")).stream().anyMatch("websocket"::equalsIgnoreCase)
        && names(request.getHeaders("Connection")).stream().anyMatch("upgrade"::equalsIgnoreCase)
        && VERSION.equals(request.getHeader("Sec-WebSocket-Version"))
        && isKey(request.getHeader("Sec-WebSocket-Key"));
  }

  private static boolean isKey(@Nullable String key) {
    try {
      return key != null && Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The sub-protocols the client offers, in its order. */
  static List<String> subProtocols(HttpServletRequest request) {
    return names(request.getHeaders("Sec-WebSocket-Protocol"));
  }

  private static List<String> names(Enumeration<String> headers) {
    List<String> names = new ArrayList<>();
    for (String header : Collections.list(headers)) {
      for (String name : header.split(",")) {
        if (!name.isBlank()) {
          names.add(name.strip());
        }
      }
    }
    return names;
  }
}
