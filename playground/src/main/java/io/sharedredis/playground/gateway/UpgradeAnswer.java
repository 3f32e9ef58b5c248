package io.sharedredis.playground.gateway;

import java.util.List;
import java.util.Map;

/** How a replica answered a WebSocket upgrade. */
sealed interface UpgradeAnswer {

  /** 101: the client has been answered and the tunnel is open. */
  record Switched() implements UpgradeAnswer {}

  /** Any other response, for instance 401, to be passed on. */
  record Refused(int status, List<Map.Entry<String, String>> headers, byte[] body)
      implements UpgradeAnswer {}
}
