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
   */
  record Grant(String connectionId, boolean fresh) {}

  /**
   * A token for a connection to the hub at {@code hubPath}. Opens it within a short time, once.
   *
   * @param connectionId the connection's public name
   */
  String issue(String hubPath, String connectionId);

  /** What the token says; null when it is unknown, forged or of another hub. */
  @Nullable Grant read(String hubPath, String token);

  /** Whether this replica has not seen the token open its connection before. */
  boolean firstUse(String token, Grant grant);

  /**
   * Uses a token up, as far as this replica knows.
   *
   * @return the connection's id; null when the token opens nothing
   */
  default @Nullable String redeem(String hubPath, String token) {
    Grant grant = read(hubPath, token);
    return grant != null && grant.fresh() && firstUse(token, grant) ? grant.connectionId() : null;
  }

  /** Whether tokens of one replica are accepted by all. */
  boolean shared();
}
