package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.protocol.SerializedHubMessage;
import java.util.Map;

/**
 * A message in all protocols of the hub.
 *
 * @param local the form that connections of this replica take
 * @param framed the same bytes by protocol name, for other replicas
 */
record Outgoing(SerializedHubMessage local, Map<String, byte[]> framed) {}
