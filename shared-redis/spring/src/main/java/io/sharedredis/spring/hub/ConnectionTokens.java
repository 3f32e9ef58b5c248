package io.sharedredis.spring.hub;

import org.jspecify.annotations.Nullable;

/**
 * What negotiation hands out and a transport hands back: the secret right to one connection.
 * Thread-safe.
 */
public interface ConnectionTokens {

  /**
   * What a token says.
   *
   * @param connectionId the connection's public name
   * @param fresh whether it may still open the connection; later it only names it
   * @param stateful whether the client has asked for stateful reconnect, and was granted it
   */
  record Grant(String connectionId, boolean fresh, boolean stateful) {}

  /**
   * A token for a connection to the hub at {@code hubPath}. Opens it within a short time, once.
   *
   * @param connectionId the connection's public name
   * @param stateful whether the client may come back to its connection
   */
  String issue(String hubPath, String connectionId, boolean stateful);

  /** As {@link #issue(String, String, boolean)}, for a client that does not come back. */
  default String issue(String hubPath, String connectionId) {
    return issue(hubPath, connectionId, false);
  }

  /** What the token says; null when it is unknown, forged or of another hub. */
  @Nullable Grant read(String hubPath, String token);

  /** Whether this replica has not seen the token open its connection before. */
  boolean firstUse(String token, Grant grant);

  /**
   * Uses a token up, as far as this replica knows.
   *
   * @return what it says; null when the token opens nothing
   */
  default @Nullable Grant redeem(String hubPath, String token) {
    Grant grant = read(hubPath, token);
    return grant != null && grant.fresh() && firstUse(token, grant) ? grant : null;
  }

  /** Whether tokens of one replica are accepted by all. */
  boolean shared();
}
