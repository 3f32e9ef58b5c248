package io.sharedredis.spring.hub;

import org.jspecify.annotations.Nullable;

/**
 * What negotiation hands out and a transport hands back: the secret right to open one connection.
 * Thread-safe.
 */
public interface ConnectionTokens {

  /**
   * A token for a connection to the hub at {@code hubPath}. Valid for a short time, once.
   *
   * @param connectionId the connection's public name
   */
  String issue(String hubPath, String connectionId);

  /**
   * Uses a token up.
   *
   * @return the connection's id; null when the token is unknown, forged, expired, used or of
   *     another hub
   */
  @Nullable String redeem(String hubPath, String token);

  /** Whether tokens of one replica are accepted by all. */
  boolean shared();
}
