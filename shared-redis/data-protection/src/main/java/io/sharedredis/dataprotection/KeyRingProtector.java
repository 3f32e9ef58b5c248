package io.sharedredis.dataprotection;

import io.sharedredis.dataprotection.crypto.KeyMaterial;
import io.sharedredis.dataprotection.crypto.PayloadCipher;
import io.sharedredis.dataprotection.crypto.PayloadHeader;
import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.crypto.PurposeChain;
import io.sharedredis.dataprotection.crypto.StrictUtf8;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.keyring.KeyRing;
import io.sharedredis.dataprotection.keyring.KeyRingCounters;
import io.sharedredis.dataprotection.keyring.LiveKeyRing;
import java.time.InstantSource;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A protector over the live key ring. */
final class KeyRingProtector implements DataProtector {
  /**
   * Ciphers kept per protector, one for each key that was used. Beyond, all are dropped and made
   * again: a ring of that many keys in use is not a case to be fast in.
   */
  private static final int MAX_CIPHERS = 256;

  private static final String[] NO_MORE = {};

  private final LiveKeyRing ring;
  private final PurposeChain purposes;
  private final InstantSource clock;
  private final KeyRingCounters counters;

  /** How many of the payloads that were opened last are remembered. */
  private final int remembered;

  private final ConcurrentMap<UUID, Bound> ciphers = new ConcurrentHashMap<>();

  /** What nearly every call needs, in one read: replaced when the ring is. */
  private volatile @Nullable DefaultCipher defaultCipher;

  KeyRingProtector(
      LiveKeyRing ring, PurposeChain purposes, InstantSource clock, KeyRingCounters counters) {
    this(ring, purposes, clock, counters, 0);
  }

  private KeyRingProtector(
      LiveKeyRing ring,
      PurposeChain purposes,
      InstantSource clock,
      KeyRingCounters counters,
      int remembered) {
    this.ring = ring;
    this.remembered = remembered;
    this.counters = counters;
    this.purposes = purposes;
    this.clock = clock;
  }

  @Override
  public DataProtector protector(String purpose, String... more) {
    return new KeyRingProtector(ring, purposes.with(purpose, more), clock, counters);
  }

  @Override
  public DataProtector remembering(int payloads) {
    if (payloads < 1 || payloads > RecentPayloads.MOST) {
      throw new IllegalArgumentException(
          "payloads to remember: 1 to " + RecentPayloads.MOST + ", not " + payloads);
    }
    return new KeyRingProtector(ring, purposes, clock, counters, payloads);
  }

  @Override
  public TimeLimitedDataProtector timeLimited() {
    return new TimeLimitedProtector(this, clock);
  }

  @Override
  public byte[] protect(byte[] plaintext) {
    return protectUnder(plaintext);
  }

  @Override
  public byte[] protectUnder(byte[] plaintext, String... more) {
    KeyRing now = ring.current();
    DefaultCipher held = defaultCipher;
    PayloadCipher cipher =
        held != null && held.ring() == now ? held.cipher() : defaultCipherOf(now);
    return cipher.seal(plaintext, more);
  }

  @Override
  public String protect(String plaintext) {
    return PayloadText.encode(protect(StrictUtf8.encode(plaintext)));
  }

  @Override
  public byte[] unprotect(byte[] payload) {
    return open(payload, false).plaintext();
  }

  @Override
  public byte[] unprotectUnder(byte[] bytes, int from, String... more) {
    Objects.checkIndex(from, bytes.length + 1);
    return open(bytes, from, more, false).plaintext();
  }

  @Override
  public String unprotect(String payload) {
    byte[] plaintext = unprotect(PayloadText.decode(payload));
    return StrictUtf8.decode(plaintext, 0, plaintext.length);
  }

  @Override
  public UnprotectResult unprotectWithResult(byte[] payload) {
    return open(payload, false);
  }

  @Override
  public UnprotectResult unprotectIgnoringRevocation(byte[] payload) {
    return open(payload, true);
  }

  @Override
  public UnprotectResult unprotectWithResult(String payload) {
    return unprotectWithResult(PayloadText.decode(payload));
  }

  @Override
  public UnprotectResult unprotectIgnoringRevocation(String payload) {
    return unprotectIgnoringRevocation(PayloadText.decode(payload));
  }

  private UnprotectResult open(byte[] payload, boolean ignoreRevocation) {
    return open(payload, 0, NO_MORE, ignoreRevocation);
  }

  private UnprotectResult open(byte[] bytes, int from, String[] more, boolean ignoreRevocation) {
    try {
      return openCounted(bytes, from, more, ignoreRevocation);
    } catch (DataProtectionException e) {
      counters.refusedPayload();
      throw e;
    }
  }

  private UnprotectResult openCounted(
      byte[] bytes, int from, String[] more, boolean ignoreRevocation) {
    DefaultCipher held = defaultCipher;
    if (held != null && held.cipher().isNamedBy(bytes, from) && held.ring() == ring.current()) {
      return new UnprotectResult(open(held, bytes, from, more), false, false);
    }
    return openWithAnyKey(bytes, from, more, ignoreRevocation);
  }

  private byte[] open(DefaultCipher held, byte[] bytes, int from, String[] more) {
    RecentPayloads recent = held.recent();
    if (recent == null) {
      return held.cipher().open(bytes, from, more);
    }
    byte[] known = recent.find(bytes, from, more, clock.millis());
    if (known != null) {
      return known;
    }
    byte[] plaintext = held.cipher().open(bytes, from, more);
    recent.add(bytes, from, more, plaintext, clock.millis());
    return plaintext;
  }

  private UnprotectResult openWithAnyKey(
      byte[] bytes, int from, String[] more, boolean ignoreRevocation) {
    switch (PayloadHeader.judge(bytes, from)) {
      case NOT_OURS -> throw new DataProtectionException("the data was not protected by this ring");
      case NEWER_VERSION ->
          throw new DataProtectionException("the data was protected by a newer version");
      case OK -> {}
    }
    UUID id = PayloadHeader.keyId(bytes, from);
    Key key =
        ring.find(id)
            .orElseThrow(
                () -> new DataProtectionException("key " + id + " is not in the key ring"));
    if (key.isRevoked()) {
      counters.revokedKey();
    }
    if (key.isRevoked() && !ignoreRevocation) {
      throw new DataProtectionException("key " + id + " is revoked");
    }
    byte[] plaintext = cipher(key).open(bytes, from, more);
    KeyRing now = ring.current();
    boolean isDefault = now.defaultKey().id().equals(id);
    if (key == now.defaultKey() && !key.isRevoked()) {
      PayloadCipher unused = defaultCipherOf(now);
    }
    return new UnprotectResult(plaintext, !isDefault || key.isRevoked(), key.isRevoked());
  }

  private PayloadCipher defaultCipherOf(KeyRing now) {
    Key key = now.defaultKey();
    if (key.isRevoked()) {
      throw new DataProtectionException(
          "the key to protect with is "
              + (now.find(key.id()).isPresent() ? "revoked" : "gone, since the ring was reset")
              + ", and there is no other yet: "
              + key.id());
    }
    PayloadCipher cipher = cipher(key);
    RecentPayloads recent = remembered == 0 ? null : new RecentPayloads(remembered, clock.millis());
    defaultCipher = new DefaultCipher(now, cipher, recent);
    return cipher;
  }

  private PayloadCipher cipher(Key key) {
    KeyMaterial material = key.material();
    Bound bound = ciphers.get(key.id());
    if (bound != null && bound.material() == material) {
      return bound.cipher();
    }
    if (ciphers.size() >= MAX_CIPHERS) {
      ciphers.clear();
    }
    PayloadCipher cipher = new PayloadCipher(key.id(), material, purposes);
    ciphers.put(key.id(), new Bound(material, cipher));
    return cipher;
  }

  /** A cipher and the secret it was made of: another secret under the same id makes it void. */
  private record Bound(KeyMaterial material, PayloadCipher cipher) {}

  /**
   * The cipher of a ring's default key, which is not revoked. Another ring is another object,
   * whatever changed, and what was opened under the former one is forgotten.
   */
  private record DefaultCipher(
      KeyRing ring, PayloadCipher cipher, @Nullable RecentPayloads recent) {}
}
