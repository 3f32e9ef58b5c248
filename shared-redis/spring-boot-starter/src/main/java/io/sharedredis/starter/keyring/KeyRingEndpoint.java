package io.sharedredis.starter.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.keyring.KeyActivation;
import io.sharedredis.starter.ActuatorCaller;
import io.sharedredis.starter.keyring.KeyRingView.KeyView;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * The actuator endpoint {@code keyring}: lists the keys this replica works with, creates and
 * revokes keys. No operation shows key material, and reading never speaks to the store.
 *
 * <p>Changes are off by default: {@code management.endpoint.keyring.access=unrestricted} enables
 * them. Each is logged with the name of who asked for it. A store that is away is answered with
 * 503. Thread-safe.
 */
@WebEndpoint(id = "keyring", defaultAccess = Access.READ_ONLY)
final class KeyRingEndpoint {

  private static final Logger log = LoggerFactory.getLogger(KeyRingEndpoint.class);

  /** A key that ends before a working day is over is a mistake of units. */
  private static final Duration SHORTEST_LIFE = Duration.ofDays(1);

  /** Longer than any policy; keeps dates within four-digit years. */
  private static final Duration LONGEST_LIFE = Duration.ofDays(3650);

  /** Characters of a reason; it lies in the ring for ever. */
  private static final int LONGEST_REASON = 500;

  private final KeyManager keys;
  private final String replica;
  private final Duration keyLifetime;
  private final InstantSource clock;

  /**
   * @param replica name of this replica, which the answer carries
   * @param keyLifetime of new keys when none is asked for
   */
  KeyRingEndpoint(KeyManager keys, String replica, Duration keyLifetime, InstantSource clock) {
    this.keys = keys;
    this.replica = replica;
    this.keyLifetime = keyLifetime;
    this.clock = clock;
  }

  /** The ring of this replica. */
  @ReadOperation
  KeyRingView list() {
    return KeyRingView.of(replica, keys.loadedRing(), clock.instant());
  }

  /** One key of it, or null, which is answered with 404. */
  @ReadOperation
  @Nullable KeyView key(@Selector UUID id) {
    return list().keys().stream().filter(key -> key.id().equals(id)).findFirst().orElse(null);
  }

  /**
   * Creates a key.
   *
   * @param activateNow whether it may protect at once and not only when every ASP.NET Core replica
   *     knows it, 48 hours from now
   * @param lifetime from activation on; by default as configured
   */
  @WriteOperation
  WebEndpointResponse<?> create(
      SecurityContext caller, @Nullable Boolean activateNow, @Nullable Duration lifetime) {
    Duration life = lifetime == null ? keyLifetime : lifetime;
    if (life.compareTo(SHORTEST_LIFE) < 0 || life.compareTo(LONGEST_LIFE) > 0) {
      throw new InvalidEndpointRequestException(
          "lifetime " + life + " of a new key", "lifetime must be between 1d and 3650d");
    }
    return answered(
        () -> {
          Key key =
              keys.create(
                  Boolean.TRUE.equals(activateNow)
                      ? KeyActivation.NOW
                      : KeyActivation.WHEN_KNOWN_EVERYWHERE,
                  life);
          log.warn(
              "Key {} was created over the actuator by {}", key.id(), ActuatorCaller.name(caller));
          return ring(key.id());
        });
  }

  /** Revokes one key that is in the store; 404 for one that is not. */
  @DeleteOperation
  WebEndpointResponse<?> revoke(
      SecurityContext caller, @Selector UUID id, @Nullable String reason) {
    String checked = checked(reason);
    return answered(
        () -> {
          if (keys.read().stream().noneMatch(key -> key.id().equals(id))) {
            return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
          }
          keys.revoke(id, checked);
          log.warn("Key {} was revoked over the actuator by {}", id, ActuatorCaller.name(caller));
          return ring(id);
        });
  }

  /**
   * Revokes all keys created before an instant.
   *
   * @param createdBefore not in the future: keys made until then would be revoked when they are
   *     made
   */
  @DeleteOperation
  WebEndpointResponse<?> revokeAll(
      SecurityContext caller, Instant createdBefore, @Nullable String reason) {
    String checked = checked(reason);
    if (createdBefore.isAfter(clock.instant())) {
      throw new InvalidEndpointRequestException(
          "createdBefore " + createdBefore + " lies ahead", "createdBefore must not lie ahead");
    }
    return answered(
        () -> {
          keys.revokeAllCreatedBefore(createdBefore, checked);
          log.warn(
              "All keys created before {} were revoked over the actuator by {}",
              createdBefore,
              ActuatorCaller.name(caller));
          return new WebEndpointResponse<>(list());
        });
  }

  private WebEndpointResponse<?> ring(UUID id) {
    KeyView key = key(id);
    return key == null ? new WebEndpointResponse<>(list()) : new WebEndpointResponse<>(key);
  }

  private static @Nullable String checked(@Nullable String reason) {
    if (reason != null && reason.length() > LONGEST_REASON) {
      throw new InvalidEndpointRequestException(
          "reason of " + reason.length() + " characters",
          "reason must not be longer than " + LONGEST_REASON + " characters");
    }
    return reason;
  }

  private static WebEndpointResponse<?> answered(Supplier<WebEndpointResponse<?>> operation) {
    try {
      return operation.get();
    } catch (DataProtectionException e) {
      log.warn("The key ring could not be changed over the actuator: {}", e.getMessage());
      return new WebEndpointResponse<>(
          Map.of("error", "the store of the key ring cannot be asked now; see the log"),
          WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
    }
  }
}
