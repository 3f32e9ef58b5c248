package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Which key protects, and whether a new one is needed: the decisions of ASP.NET Core 10, which
 * replicas of both kinds must share to write under the same key.
 */
public final class DefaultKeyPolicy {
  /** A new key is known to every replica of .NET after this long: two refreshes of 24 hours. */
  public static final Duration PROPAGATION = Duration.ofHours(48);

  /** Refresh period of .NET replicas; part of the decision when a successor is needed. */
  public static final Duration DOTNET_REFRESH = Duration.ofHours(24);

  /** How far clocks of replicas may differ. */
  public static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  /** Ids compare as their text does, as unsigned numbers. */
  static final Comparator<UUID> BY_ID =
      Comparator.comparing(UUID::getMostSignificantBits, Long::compareUnsigned)
          .thenComparing(UUID::getLeastSignificantBits, Long::compareUnsigned);

  private DefaultKeyPolicy() {}

  /**
   * What to do at an instant.
   *
   * @param defaultKey the key to protect with
   * @param fallback used where no key may be generated and there is no default; may be expired or
   *     not yet active
   * @param successorDue whether the default key ends before its successor would be known everywhere
   */
  public record Decision(Optional<Key> defaultKey, Optional<Key> fallback, boolean successorDue) {
    /** Whether a new key is due, now or as a successor. */
    public boolean keyDue() {
      return defaultKey.isEmpty() || successorDue;
    }
  }

  /**
   * @param all in the order of the store
   * @throws StoreUnavailableException if it cannot be told now whether a key can be opened: no
   *     decision can be made, least of all that for a new key
   */
  public static Decision decide(Instant now, Collection<Key> all) {
    List<Key> keys = all.stream().filter(key -> key.refusal() == null).toList();
    Optional<Key> preferred = preferred(now, keys);
    Optional<Key> chosen = preferred.filter(key -> isEligible(key, now));
    if (chosen.isEmpty()) {
      return new Decision(Optional.empty(), fallback(now, keys, preferred), false);
    }
    Instant soon = now.plus(DOTNET_REFRESH).plus(PROPAGATION);
    Instant end = chosen.get().expiration();
    boolean due = end.isBefore(soon) && !hasSuccessor(end, soon, keys);
    return new Decision(chosen, Optional.empty(), due);
  }

  /**
   * Whether replicas have a key to protect with, judged without opening it: others may be able to
   * open what this process cannot.
   */
  public static boolean protectsAt(Instant now, Collection<Key> all) {
    List<Key> keys = all.stream().filter(key -> key.refusal() == null).toList();
    return preferred(now, keys)
        .filter(key -> !key.isRevoked() && !key.isExpiredAt(now))
        .isPresent();
  }

  private static boolean hasSuccessor(Instant end, Instant soon, Collection<Key> keys) {
    return preferred(end, keys)
        .filter(key -> isEligible(key, end))
        .filter(key -> !key.expiration().isBefore(soon))
        .isPresent();
  }

  /**
   * Newest activation of those that are active; a newer key that turns out unusable retires the
   * older ones all the same.
   */
  private static Optional<Key> preferred(Instant now, Collection<Key> keys) {
    Instant active = now.plus(CLOCK_SKEW);
    return keys.stream()
        .filter(key -> !key.activation().isAfter(active))
        .min(Comparator.comparing(Key::activation).reversed().thenComparing(Key::id, BY_ID));
  }

  private static boolean isEligible(Key key, Instant now) {
    return !key.isRevoked() && !key.isExpiredAt(now) && key.isUsable();
  }

  /**
   * Keys that every replica should know come first, newest first; then the others, oldest first.
   */
  private static Optional<Key> fallback(
      Instant now, Collection<Key> keys, Optional<Key> preferred) {
    Instant known = now.minus(PROPAGATION);
    List<Key> candidates = keys.stream().filter(key -> !key.isRevoked()).toList();
    Stream<Key> propagated =
        candidates.stream()
            .filter(key -> !key.creation().isAfter(known))
            .filter(key -> preferred.isEmpty() || preferred.get() != key)
            .sorted(Comparator.comparing(Key::creation).reversed());
    Stream<Key> younger =
        candidates.stream()
            .filter(key -> key.creation().isAfter(known))
            .sorted(Comparator.comparing(Key::creation));
    return Stream.concat(propagated, younger).filter(Key::isUsable).findFirst();
  }
}
