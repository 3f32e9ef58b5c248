package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.KeyFactory.NewKey;
import io.sharedredis.dataprotection.keyring.KeyRingLoader.Stored;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.KeyRepository;
import io.sharedredis.dataprotection.repository.ResetMark;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The key manager over a repository and the ring that this process holds of it. */
final class StoredKeys implements KeyManager {
  private static final Logger log = LoggerFactory.getLogger(StoredKeys.class);

  private final KeyRepository repository;
  private final LiveKeyRing ring;
  private final KeyRingLoader loader;
  private final KeyFactory factory;
  private final EntryRules rules;
  private final DataProtectionOptions options;
  private final InstantSource clock;

  StoredKeys(
      KeyRepository repository,
      LiveKeyRing ring,
      KeyRingLoader loader,
      KeyFactory factory,
      EntryRules rules,
      DataProtectionOptions options,
      InstantSource clock) {
    this.repository = repository;
    this.ring = ring;
    this.loader = loader;
    this.factory = factory;
    this.rules = rules;
    this.options = options;
    this.clock = clock;
  }

  @Override
  public Collection<Key> keys() {
    return ring.current().keys();
  }

  @Override
  public List<Key> read() {
    return loader.read().keys();
  }

  @Override
  public List<ItemReport> inspect() {
    return loader.inspect(rules);
  }

  @Override
  public KeyRing ring() {
    return ring.current();
  }

  @Override
  public Optional<KeyRing> loadedRing() {
    return ring.loaded();
  }

  @Override
  public KeyRing refresh() {
    return ring.refresh();
  }

  @Override
  public Key create() {
    return create(KeyActivation.WHEN_KNOWN_EVERYWHERE, options.keyLifetime());
  }

  @Override
  public Key create(KeyActivation when, Duration lifetime) {
    if (lifetime.isNegative() || lifetime.isZero()) {
      throw new IllegalArgumentException("lifetime is " + lifetime + "; it must be positive");
    }
    Instant now = clock.instant();
    boolean another = DefaultKeyPolicy.protectsAt(now, loader.read().keys());
    boolean waits = another && when == KeyActivation.WHEN_KNOWN_EVERYWHERE;
    Instant activation = waits ? now.plus(DefaultKeyPolicy.PROPAGATION) : now;
    return create(now, activation, activation.plus(lifetime), another);
  }

  @Override
  public Key create(Instant activation, Instant expiration) {
    if (!activation.isBefore(expiration)) {
      throw new IllegalArgumentException(
          "expiration " + expiration + " is not after activation " + activation);
    }
    Instant now = clock.instant();
    return create(
        now, activation, expiration, DefaultKeyPolicy.protectsAt(now, loader.read().keys()));
  }

  private Key create(Instant now, Instant activation, Instant expiration, boolean another) {
    if (another && activation.isBefore(now.plus(DefaultKeyPolicy.PROPAGATION))) {
      log.warn(
          "a new key is activated at {} while another protects, sooner than {} from now: replicas of"
              + " ASP.NET Core refuse what it protects until they read the ring again, up to {}"
              + " from now",
          activation,
          DefaultKeyPolicy.PROPAGATION,
          DefaultKeyPolicy.DOTNET_REFRESH);
    }
    NewKey made = factory.create(now, activation, expiration);
    loader.escrow(made);
    repository.store(made.item());
    loader.remember(made);
    log.info("created key {} (active {}, expires {})", made.id(), activation, expiration);
    refreshAfterChange();
    return made.key();
  }

  @Override
  public void revoke(UUID id, @Nullable String reason) {
    Instant now = KeyDates.truncate(clock.instant());
    store(new KeyItem(KeyElements.revocation(id, now, reason), "revocation-" + id));
    log.warn("revoked key {}", id);
    refreshAfterChange();
  }

  @Override
  public void revokeAllCreatedBefore(Instant instant, @Nullable String reason) {
    Instant date = KeyDates.truncate(instant);
    store(
        new KeyItem(
            KeyElements.massRevocation(date.atOffset(ZoneOffset.UTC), reason),
            RevocationNames.ofMass(date)));
    log.warn("revoked all keys created before {}", date);
    refreshAfterChange();
  }

  @Override
  public int delete(Predicate<Key> unwanted) {
    Stored stored = loader.read();
    Instant now = clock.instant();
    Optional<UUID> inUse = ring.loaded().map(held -> held.defaultKey().id());
    Deletion deletion =
        Deletion.of(
            stored.keys(),
            stored.snapshot().items(),
            key ->
                unwanted.test(key)
                    && !inUse.equals(Optional.of(key.id()))
                    && (key.isRevoked() || key.isExpiredAt(now)));
    if (!deletion.keys().isEmpty()) {
      repository.delete(deletion.items());
      log.warn("deleted {} keys: {}", deletion.keys().size(), deletion.keys());
      refreshAfterChange();
    }
    return deletion.keys().size();
  }

  @Override
  public void reset() {
    repository.reset(ResetMark.at(clock.instant()));
    log.warn("reset the key ring in {}: all keys are gone", repository.describe());
    refreshAfterChange();
  }

  @Override
  public List<UnauthenticatedEntry> unauthenticated() {
    return approval().pending(repository.readAll().items());
  }

  @Override
  public int authenticate(Set<String> fingerprints) {
    Approval approval = approval();
    List<KeyItem> tagged = approval.approved(repository.readAll().items(), fingerprints);
    if (tagged.isEmpty()) {
      return 0;
    }
    int found = repository.attachTags(tagged);
    log.warn("{} elements of the key ring were approved and are trusted from now on", found);
    refreshAfterChange();
    return found;
  }

  private Approval approval() {
    return options
        .entryAuthentication()
        .map(Approval::new)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "entries of this key ring are not authenticated; set entryAuthentication"));
  }

  /**
   * What was stored is stored: that the ring now has no key to protect with, or the store went away
   * in this moment, is not the operation's failure.
   */
  private void refreshAfterChange() {
    try {
      ring.refresh();
    } catch (DataProtectionException e) {
      log.warn("the key ring was changed but could not be loaded again: {}", e.getMessage());
    }
  }

  private void store(KeyItem item) {
    repository.store(rules.authenticated(item));
  }
}
