package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.keyring.DefaultKeyPolicy.Decision;
import io.sharedredis.dataprotection.keyring.KeyFactory.NewKey;
import io.sharedredis.dataprotection.keyring.KeyRingReader.ReadRing;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.RepositorySnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the ring, decides on its default key and, where one is due, makes a new key. Called by one
 * thread at a time.
 */
final class KeyRingLoader {
  private static final Logger log = LoggerFactory.getLogger(KeyRingLoader.class);

  /**
   * Reads of one load: each lost race for a new key costs one; with so many, something is wrong.
   */
  private static final int MAX_READS = 20;

  /** Share of the refresh interval that is left to chance, so that replicas spread out. */
  private static final double JITTER = 0.2;

  private final KeyRepository repository;
  private final KeyRingReader reader;
  private final KeyFactory factory;
  private final DataProtectionOptions options;
  private final InstantSource clock;
  private final DoubleSupplier chance;
  private final RingRescue rescue;
  private volatile Map<KeyItem, Key> known = Map.of();

  /** What the last load read, though it may have led to no ring; null if it read nothing. */
  private volatile @Nullable Stored latest;

  KeyRingLoader(
      KeyRepository repository,
      KeyRingReader reader,
      KeyFactory factory,
      DataProtectionOptions options,
      InstantSource clock,
      DoubleSupplier chance) {
    this.repository = repository;
    this.reader = reader;
    this.factory = factory;
    this.options = options;
    this.clock = clock;
    this.chance = chance;
    this.rescue = new RingRescue(repository);
  }

  /**
   * @param held the ring this process works with, or null at start: what an empty answer of the
   *     store is measured against
   * @throws DataProtectionException if there is no ring to work with; the caller keeps the one it
   *     has
   */
  KeyRing load(@Nullable KeyRing held) {
    NewKey made = null;
    latest = null;
    // Each read is measured against the one before, also within this load: what was revoked or
    // wiped in between must not be undone by what was held at its beginning.
    RepositorySnapshot before = held == null ? null : held.source();
    for (int read = 0; read < MAX_READS; read++) {
      RepositorySnapshot stored = repository.readAll();
      RepositorySnapshot snapshot = before == null ? stored : rescue.of(stored, before);
      if (snapshot == null) {
        continue;
      }
      if (before != null && !snapshot.permits(before.resetMark())) {
        // Wiped, whether or not what is there now can be read.
        latest = new Stored(snapshot.withoutItems(), List.of());
      }
      ReadRing ring = reader.read(snapshot.items(), known);
      known = ring.readable();
      latest = new Stored(snapshot, ring.keys());
      before = snapshot;
      Instant now = clock.instant();
      Decision decision = DefaultKeyPolicy.decide(now, ring.keys());
      if (made == null && decision.keyDue() && options.autoGenerateKeys()) {
        try {
          made = make(now, decision, snapshot, ring);
        } catch (RuntimeException e) {
          if (decision.defaultKey().isEmpty()) {
            throw e;
          }
          reportMissingSuccessor(decision.defaultKey().get(), e);
          return ringOf(now, snapshot, ring, choose(decision, ring, null));
        }
        continue;
      }
      return ringOf(now, snapshot, ring, choose(decision, ring, made));
    }
    throw new DataProtectionException(
        "the key ring in " + repository.describe() + " keeps changing; no default key was agreed");
  }

  /** Whether the store may hold something else than the ring does: a cheap question. */
  boolean mayHaveChanged(KeyRing held) {
    return repository.mayHaveChangedSince(held.source().version());
  }

  /**
   * The ring with what the last read brought though it led to no default key: a revocation or a
   * reset is in force on a replica that can no longer protect, too.
   */
  KeyRing withLatestKeys(KeyRing held) {
    Stored read = latest;
    if (read == null) {
      return held;
    }
    if (!read.snapshot().permits(held.source().resetMark())) {
      log.warn(
          "the key ring in {} was reset: none of the keys that this process held is used any more",
          repository.describe());
    }
    return held.withKeys(read.keys(), read.snapshot());
  }

  /** What the store holds now, without any decision on it. */
  Stored read() {
    RepositorySnapshot snapshot = repository.readAll();
    return new Stored(snapshot, reader.read(snapshot.items(), known).keys());
  }

  /** Every item that the store holds now, also of a ring that cannot be used. */
  List<ItemReport> inspect(EntryRules rules) {
    return new RingInspection(reader, rules).of(repository.readAll().items());
  }

  /** The store's content and the keys in it. */
  record Stored(RepositorySnapshot snapshot, List<Key> keys) {}

  /** The next read need not open the secret of a key that was made here. */
  void remember(NewKey made) {
    Map<KeyItem, Key> more = new HashMap<>(known);
    more.put(KeyRingReader.identity(made.item()), made.key());
    known = more;
  }

  /** The key that was made, or null if somebody else was quicker; read again in either case. */
  private @Nullable NewKey make(
      Instant now, Decision decision, RepositorySnapshot snapshot, ReadRing ring) {
    // A successor becomes active when its predecessor ends, so that every replica knows it by then;
    // its lifetime counts from now.
    Instant activation = decision.defaultKey().map(Key::expiration).orElse(now);
    Instant revoked = ring.revokedBefore();
    if (revoked != null && now.isBefore(revoked)) {
      // It would be revoked at once, and every read would make another.
      throw new DataProtectionException(
          "no key is made before " + revoked + ": all keys created until then are revoked");
    }
    NewKey candidate = factory.create(now, activation, now.plus(options.keyLifetime()));
    // Before storing: a key that is used but was never escrowed would be worse than an escrowed
    // key that lost the race and is never used.
    escrow(candidate);
    // The store decides: if anything was added since the read, look again before adding more.
    if (!repository.storeNewDefault(candidate.item(), snapshot.version())) {
      return null;
    }
    remember(candidate);
    log.info("made key {} for the ring in {}", candidate.id(), repository.describe());
    warnIfLate(now, decision, candidate);
    return candidate;
  }

  /** Tried again at the next read; the ring works until then. */
  private static void reportMissingSuccessor(Key present, RuntimeException cause) {
    log.error(
        "the successor of the default key, which expires {}, could not be made yet: {}",
        present.expiration(),
        cause.getMessage());
  }

  /** A successor is made 72 hours before it is needed, unless nobody read the ring then. */
  private static void warnIfLate(Instant now, Decision decision, NewKey successor) {
    Instant known = now.plus(DefaultKeyPolicy.PROPAGATION);
    if (decision.defaultKey().isPresent() && successor.key().activation().isBefore(known)) {
      log.warn(
          "key {} follows at {}, sooner than {} from now, because the ring was not read in time:"
              + " replicas of ASP.NET Core may refuse what it protects until they read the ring"
              + " again",
          successor.id(),
          successor.key().activation(),
          DefaultKeyPolicy.PROPAGATION);
    }
  }

  void escrow(NewKey key) {
    for (Consumer<String> sink : options.escrowSinks()) {
      Extensions.call(
          "escrow sink",
          () -> {
            sink.accept(key.plainXml());
            return key;
          });
    }
  }

  private Key choose(Decision decision, ReadRing ring, @Nullable NewKey made) {
    Key chosen = decision.defaultKey().or(decision::fallback).orElse(null);
    if (chosen == null && made != null) {
      chosen =
          ring.keys().stream().filter(key -> key.id().equals(made.id())).findFirst().orElse(null);
    }
    if (chosen == null) {
      throw new DataProtectionException(
          "the key ring in "
              + repository.describe()
              + " holds no key to protect with"
              + (options.autoGenerateKeys() ? "" : ", and autoGenerateKeys is off"));
    }
    if (chosen.isRevoked()) {
      throw new DataProtectionException("the key to protect with is revoked: " + chosen.id());
    }
    return chosen;
  }

  private KeyRing ringOf(Instant now, RepositorySnapshot snapshot, ReadRing ring, Key chosen) {
    return new KeyRing(
        ring.keys(),
        chosen,
        now,
        freshUntil(now, chosen, options.refreshInterval(), chance.getAsDouble()),
        snapshot);
  }

  /**
   * When to read again: after the interval less a random part, or when the default key ends, if
   * that is sooner and not over yet.
   */
  static Instant freshUntil(Instant now, Key chosen, Duration interval, double chance) {
    long nanos = (long) (interval.toNanos() * (1 - JITTER * chance));
    Instant next = now.plusNanos(nanos);
    boolean endsFirst = !chosen.isExpiredAt(now) && chosen.expiration().isBefore(next);
    return endsFirst ? chosen.expiration() : next;
  }
}
