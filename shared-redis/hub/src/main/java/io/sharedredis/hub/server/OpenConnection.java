package io.sharedredis.hub.server;

import io.sharedredis.hub.HubRequest;
import org.jspecify.annotations.Nullable;

/** A connection of this process, of whatever kind, as {@link HubConnections} keeps it. */
interface OpenConnection {

  String connectionId();

  HubRequest request();

  String transportName();

  String transportPath();

  /** Ends the connection; see {@link TransportListener#close}. */
  void close(@Nullable String error, boolean allowReconnect);

  long queuedBytes();

  /** Looks at the clock; called once a second. */
  void heartbeat();
}
