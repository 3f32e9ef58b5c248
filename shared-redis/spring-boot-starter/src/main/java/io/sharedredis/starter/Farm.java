package io.sharedredis.starter;

import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.spring.web.TrustedProxies;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How this replica stands in its farm: the settings with environment aliases and defaults worked
 * in, checked. Immutable; a bean of every application.
 *
 * @param applicationName never blank
 * @param replicaName never blank
 * @param publicUrl where people reach the site
 * @param trustedProxies whose forwarded headers are believed
 * @param keyRing Redis of the key ring; none: the ring is this replica's own
 * @param backplane Redis of the hub backplane; none: hubs reach this replica's clients only
 * @param sessions Redis of HTTP sessions; none: sessions are this replica's own
 */
public record Farm(
    String applicationName,
    String replicaName,
    PublicUrl publicUrl,
    TrustedProxies trustedProxies,
    @Nullable RedisAddress keyRing,
    @Nullable RedisAddress backplane,
    @Nullable RedisAddress sessions) {

  /** Redis of the hub backplane, if hubs of several replicas act as one. */
  public Optional<RedisAddress> backplaneAddress() {
    return Optional.ofNullable(backplane);
  }
}
