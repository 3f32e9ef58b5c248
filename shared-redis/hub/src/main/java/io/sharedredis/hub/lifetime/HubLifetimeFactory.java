package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.protocol.HubProtocol;
import java.util.List;

/** Makes the lifetime of each hub at start. */
@FunctionalInterface
public interface HubLifetimeFactory {

  /**
   * @param hubName full name of the hub, which decides its channels: {@code @HubEndpoint(fullName)}
   *     or the class name
   * @param protocols those the hub speaks, in order; messages for other replicas are serialized for
   *     all of them
   */
  HubLifetime create(String hubName, List<HubProtocol> protocols);
}
