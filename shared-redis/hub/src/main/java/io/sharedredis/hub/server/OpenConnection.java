package io.sharedredis.hub.server;

import io.sharedredis.hub.HubRequest;
import org.jspecify.annotations.Nullable;

/** A connection of this process, of whatever kind, as {@link HubConnections} keeps it. */
interface OpenConnection {

  String connectionId();

  /** Full name of its hub, or class of its handler. */
  String endpoint();

  /** Whose it is; null when anonymous. */
  @Nullable String userId();

  HubRequest request();

  String transportName();

  String transportPath();

  /** Ends the connection; see {@link TransportListener#close}. */
  void close(@Nullable String error, boolean allowReconnect);

  long queuedBytes();

  /** Looks at the clock; called once a second. */
  void heartbeat();

  default ConnectionInfo info() {
    return new ConnectionInfo(
        connectionId(),
        endpoint(),
        userId(),
        transportName(),
        transportPath(),
        request().remoteAddress(),
        queuedBytes());
  }
}
