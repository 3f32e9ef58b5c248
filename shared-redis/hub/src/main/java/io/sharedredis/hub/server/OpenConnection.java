package io.sharedredis.hub.server;

import io.sharedredis.hub.HubRequest;

/** A connection of this process, of whatever kind, as {@link HubConnections} keeps it. */
interface OpenConnection extends TransportListener {

  String connectionId();

  HubRequest request();

  String transportName();

  long queuedBytes();

  /** Looks at the clock; called once a second. */
  void heartbeat();
}
