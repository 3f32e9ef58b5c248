package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.lifetime.LocalConnections;
import io.sharedredis.lettuce.presence.PresenceEntry;
import io.sharedredis.lettuce.presence.PresenceKeeper;
import java.util.Set;

/** What the keeper of the record asks when it writes. */
record RecordedHere(LocalConnections connections) implements PresenceKeeper.Local {
  @Override
  public PresenceEntry entry(String connectionId) {
    HubConnection connection = connections.get(connectionId);
    return connection == null
        ? PresenceEntry.gone(connectionId)
        : PresenceEntry.of(connectionId, connection.userId(), connections.groupsOf(connectionId));
  }

  @Override
  public Set<String> connectionIds() {
    return connections.connectionIds();
  }

  @Override
  public int size() {
    return connections.size();
  }
}
