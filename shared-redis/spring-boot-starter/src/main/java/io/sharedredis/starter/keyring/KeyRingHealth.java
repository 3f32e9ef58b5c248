package io.sharedredis.starter.keyring;

import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.keyring.KeyRing;
import io.sharedredis.lettuce.connection.RedisLink;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health of the key ring: up while this replica has one, its default key has not expired, and the
 * Redis that holds it answers. Down does not mean that protecting fails: the ring in memory goes
 * on. Details name keys, never what they are. Thread-safe.
 */
final class KeyRingHealth extends AbstractHealthIndicator {

  private final KeyManager keys;
  private final @Nullable RedisLink<?, ?> link;
  private final InstantSource clock;

  /**
   * @param link to the Redis of the ring; null where it is not in Redis
   */
  KeyRingHealth(KeyManager keys, @Nullable RedisLink<?, ?> link, InstantSource clock) {
    super("The key ring could not be asked");
    this.keys = keys;
    this.link = link;
    this.clock = clock;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    health.up();
    Optional<KeyRing> loaded = keys.loadedRing();
    if (loaded.isEmpty()) {
      health.down().withDetail("problem", "this replica has no key ring yet");
    } else {
      describe(loaded.get(), health);
    }
    if (link != null) {
      health.withDetail("redis", link.address().toString());
      try {
        Object unused = link.sync(redis -> redis.ping());
      } catch (RuntimeException e) {
        health.down(e);
      }
    }
  }

  private void describe(KeyRing ring, Health.Builder health) {
    Instant now = clock.instant();
    Key defaultKey = ring.defaultKey();
    health
        .withDetail("keys", ring.keys().size())
        .withDetail("defaultKey", defaultKey.id())
        .withDetail("defaultKeyExpires", defaultKey.expiration())
        .withDetail("loadedAt", ring.loadedAt());
    switch (defaultKey.stateAt(now)) {
      case EXPIRED ->
          health.down().withDetail("problem", "the default key has expired: nobody rotates keys");
      case REVOKED ->
          health.down().withDetail("problem", "the default key is revoked: there is no other");
      case CREATED, ACTIVE -> {}
    }
  }
}
