package io.sharedredis.dataprotection;

import io.sharedredis.dataprotection.keyring.ItemReport;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.keyring.KeyActivation;
import io.sharedredis.dataprotection.keyring.KeyRing;
import io.sharedredis.dataprotection.keyring.UnauthenticatedEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Operations of the key ring for operators: what keys there are, new keys, revocations.
 * Thread-safe. All of them speak to the store, except {@link #loadedRing()}, and take effect in
 * this process before they return; other replicas follow as soon as the store announces the change.
 *
 * <p>Every method throws {@link DataProtectionException} if the store cannot be asked.
 */
public interface KeyManager {
  /** The keys of the ring this process works with, in the order of the store. */
  Collection<Key> keys();

  /**
   * The keys as they are in the store now, also if none of them can protect; makes no key. In the
   * order of the store.
   */
  List<Key> read();

  /**
   * Looks at every item of the store, also of a ring that cannot be used: opens each secret, and
   * finds what is broken, there twice, refused or not authenticated. Makes no key. In the order of
   * the store.
   */
  List<ItemReport> inspect();

  /** The ring this process works with, loaded if it was not. */
  KeyRing ring();

  /** The ring this process works with if one is loaded; never speaks to the store. */
  Optional<KeyRing> loadedRing();

  /** Reads the store now. */
  KeyRing refresh();

  /**
   * {@link #create(KeyActivation, Duration)} when every replica knows it, with the lifetime set.
   */
  Key create();

  /**
   * Creates a key and stores it.
   *
   * @param when from when it may be the default key; {@link KeyActivation#NOW} is logged as a
   *     warning while another key protects, since replicas of ASP.NET Core do not know the new one
   * @param lifetime until when it may be the default key, counted from its activation
   * @throws IllegalArgumentException if {@code lifetime} is not positive
   */
  Key create(KeyActivation when, Duration lifetime);

  /**
   * Creates a key and stores it, whatever other keys there are.
   *
   * @param activation from when it may be the default key; sooner than in 48 hours is logged as a
   *     warning while another key protects, since replicas of ASP.NET Core may not know the new one
   *     by then
   * @param expiration until when it may be the default key
   * @throws IllegalArgumentException if {@code expiration} is not after {@code activation}
   */
  Key create(Instant activation, Instant expiration);

  /**
   * Revokes one key: nothing it protected is accepted any more. An id that is not in the ring is
   * stored as well.
   *
   * @param reason for people, stored as it is; null for none
   */
  void revoke(UUID id, @Nullable String reason);

  /**
   * Revokes every key whose creation date lies before an instant.
   *
   * @param reason for people, stored as it is; null for none
   */
  void revokeAllCreatedBefore(Instant instant, @Nullable String reason);

  /**
   * Deletes keys for good, with the revocations that are of no use without them: what such a key
   * protected can never be read again. Order as in ASP.NET Core, so that a key never comes back
   * un-revoked: keys, then their revocations and those of keys that are not there, then mass
   * revocations that a later one covers.
   *
   * <p>Only revoked and expired keys are deleted, whatever is asked for, and never the default key.
   *
   * @return how many keys were deleted
   * @throws UnsupportedOperationException if the store cannot delete
   * @throws DataProtectionException if no key would be left: that is what {@link #reset} is for
   */
  int delete(Predicate<Key> unwanted);

  /**
   * Wipes the ring on purpose: everything ever protected becomes unreadable, and replicas that hold
   * the old ring must not write it back. A new key is made at once if keys are generated here.
   *
   * @throws UnsupportedOperationException if the store cannot delete
   */
  void reset();

  /**
   * Elements of the store without a genuine tag, in its order: what stands in the way of {@link
   * DataProtectionOptions#entryAuthentication()} on a ring that is older than it.
   *
   * @throws IllegalStateException if entries are not authenticated here
   */
  List<UnauthenticatedEntry> unauthenticated();

  /**
   * Gives elements of the store their tag, so that they are trusted from now on: an explicit act of
   * a person who knows where they come from. Nothing is ever tagged by itself.
   *
   * <p>A ring is brought under authentication like this: turn key generation off in replicas of
   * ASP.NET Core; in a process that alone has the secret, look at {@link #unauthenticated()},
   * compare the keys with what the replicas have logged, and approve them; only then give the
   * replicas the secret, and look once more when all have it, since one without it may have made a
   * key meanwhile.
   *
   * @param fingerprints of {@link UnauthenticatedEntry#fingerprint()}; those of elements that have
   *     changed or are gone approve nothing
   * @return how many elements were given a tag
   * @throws IllegalStateException if entries are not authenticated here
   * @throws UnsupportedOperationException if the store keeps no tags
   */
  int authenticate(Set<String> fingerprints);
}
