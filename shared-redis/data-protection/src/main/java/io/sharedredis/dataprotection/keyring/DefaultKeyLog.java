package io.sharedredis.dataprotection.keyring;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Says in the log when this replica begins to protect with another key: which, instead of which,
 * since when and why. A warning only where the old one was lost before its time.
 */
final class DefaultKeyLog {
  private static final Logger log = LoggerFactory.getLogger(DefaultKeyLog.class);

  private final String replica;

  DefaultKeyLog(String replica) {
    this.replica = replica;
  }

  /**
   * @param held the ring until now, or null
   * @param fresh the ring from now on
   */
  void seen(@Nullable KeyRing held, KeyRing fresh, Instant now) {
    Key to = fresh.defaultKey();
    if (held == null) {
      log.info(
          "{} protects with key {} from {} on (active {}, expires {}), ring of {} keys",
          replica,
          to.id(),
          now,
          to.activation(),
          to.expiration(),
          fresh.keys().size());
      return;
    }
    Key from = held.defaultKey();
    if (!from.id().equals(to.id())) {
      boolean planned = fresh.find(from.id()).filter(key -> !key.isRevoked()).isPresent();
      log.atLevel(planned ? Level.INFO : Level.WARN)
          .log(
              "{} changes the default key from {} to {} at {}: the old one {}, the new one is active"
                  + " since {} and expires {}, ring of {} keys",
              replica,
              from.id(),
              to.id(),
              now,
              fate(from, fresh, now),
              to.activation(),
              to.expiration(),
              fresh.keys().size());
    }
  }

  private static String fate(Key old, KeyRing fresh, Instant now) {
    return fresh
        .find(old.id())
        .map(
            key ->
                key.isRevoked()
                    ? "was revoked"
                    : key.isExpiredAt(now) ? "has expired" : "gives way to a newer one")
        .orElse("is not in the ring any more");
  }
}
