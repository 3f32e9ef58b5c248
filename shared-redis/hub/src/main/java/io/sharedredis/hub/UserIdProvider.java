package io.sharedredis.hub;

import org.jspecify.annotations.Nullable;

/**
 * Names the user of a connection, once, at its handshake; messages to a user go to all connections
 * with that name.
 */
@FunctionalInterface
public interface UserIdProvider {

  /**
   * The user's name for {@code clients().user(…)}; null for an anonymous connection. Does not
   * block.
   */
  @Nullable String userId(HubRequest request);

  /** The name of the principal. */
  static UserIdProvider principalName() {
    return request -> request.user() == null ? null : request.user().getName();
  }
}
