package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.crypto.KeyMaterial;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.dataprotection.xml.ElementParser;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/**
 * Makes keys of stored elements. A key that cannot be read is skipped and reported; an item that is
 * no XML, a revocation that cannot be read, or one id twice fails the whole read: a ring must never
 * be used without knowing all that was revoked.
 */
public final class KeyRingReader {
  private static final Logger log = LoggerFactory.getLogger(KeyRingReader.class);

  /** Skipped items that are reported by one process; who has more has a broken store. */
  private static final int MAX_REPORTED = 1000;

  /** Fingerprints: a hash that can be forged would let an attacker silence his own alarm. */
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  private final SecretOpener opener;
  private final EntryRules rules;

  KeyRingReader(SecretOpener opener, EntryRules rules) {
    this.opener = opener;
    this.rules = rules;
  }

  /**
   * @param known keys of an earlier read; those whose element is unchanged are taken over with
   *     their opened secret
   * @throws DataProtectionException if the ring as a whole cannot be trusted to be complete
   * @throws StoreUnavailableException if the secret that authenticates entries cannot be had now
   */
  ReadRing read(List<KeyItem> items, Map<KeyItem, Key> known) {
    // Before any item: that the secret of entries cannot be had now says nothing about them.
    rules.prepare();
    Map<UUID, Key> keys = new LinkedHashMap<>();
    Map<KeyItem, Key> readable = new HashMap<>();
    Revocations revocations = new Revocations();
    ElementParser parser = new ElementParser();
    for (int i = 0; i < items.size(); i++) {
      KeyItem item = items.get(i);
      try {
        KeyItem identity = identity(item);
        Key before = known.get(identity);
        Key key = before == null ? readItem(item, parser.parse(item.xml()), revocations) : before;
        if (key != null) {
          readable.put(identity, key);
          if (keys.put(key.id(), key) != null) {
            throw new DataProtectionException("key " + key.id() + " is there twice");
          }
        }
      } catch (DataProtectionException e) {
        throw new DataProtectionException(
            "the key ring cannot be used: item "
                + (i + 1)
                + " of "
                + items.size()
                + ": "
                + e.getMessage(),
            e);
      }
    }
    return new ReadRing(revocations.apply(keys.values()), readable, revocations.createdBefore());
  }

  /** Items with the same text and tag are the same, whatever name their store gives them. */
  static KeyItem identity(KeyItem item) {
    return new KeyItem(item.xml(), "", item.tag());
  }

  private @Nullable Key readItem(KeyItem item, Element element, Revocations revocations) {
    if (HardenedXml.isNamed(element, null, "key")) {
      return readKey(item, element);
    }
    if (HardenedXml.isNamed(element, null, "revocation")) {
      if (rules.isSuspicious(item)) {
        report(item, "ALARM: a revocation of the key ring is not authenticated; it is obeyed");
      }
      revocations.add(element);
    } else {
      log.warn("the key ring holds an unknown element, which is passed over");
    }
    return null;
  }

  private @Nullable Key readKey(KeyItem item, Element element) {
    try {
      Key key = key(item, element, this::open);
      if (key.refusal() != null) {
        report(item, "ALARM: key " + key.id() + " of the key ring is refused: " + key.refusal());
      }
      String missing = opener.missing(element);
      if (missing != null) {
        report(item, "key " + key.id() + " of the key ring cannot be opened here: " + missing);
      }
      return key;
    } catch (DataProtectionException e) {
      report(item, "a key of the key ring is skipped: " + e.getMessage());
      return null;
    }
  }

  /** A key that cannot be opened is reported when that turns out, which may be at its first use. */
  private KeyMaterial open(UUID id, KeyItem item) {
    try {
      return opener.open(item.xml());
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (DataProtectionException e) {
      report(item, "key " + id + " of the key ring cannot be opened here: " + e.getMessage());
      throw e;
    }
  }

  /**
   * The key of an element, revocations not applied; reports nothing.
   *
   * @throws DataProtectionException if it cannot be read
   */
  Key key(KeyItem item, Element element) {
    return key(item, element, (id, same) -> opener.open(same.xml()));
  }

  private Key key(
      KeyItem item, Element element, BiFunction<UUID, KeyItem, KeyMaterial> whenNeeded) {
    String idText = HardenedXml.attribute(element, "id");
    if (idText == null) {
      throw new DataProtectionException("no id");
    }
    UUID id = GuidText.parse(idText);
    return new Key(
        id,
        date(element, "creationDate"),
        date(element, "activationDate"),
        date(element, "expirationDate"),
        false,
        rules.refusal(item, element),
        new LazyMaterial(() -> whenNeeded.apply(id, item)));
  }

  /** Once per item, not at every refresh. */
  private void report(KeyItem item, String problem) {
    if (reported.size() < MAX_REPORTED && reported.add(Approval.fingerprint(item))) {
      log.error(
          "{} ({})", problem, item.friendlyName().isEmpty() ? "no file" : item.friendlyName());
    }
  }

  static Instant date(Element element, String name) {
    Element child = HardenedXml.child(element, name);
    if (child == null) {
      throw new DataProtectionException("no " + name);
    }
    return KeyDates.parse(HardenedXml.text(child));
  }

  /**
   * @param keys in the order of the items, revocations applied
   * @param readable keys by the identity of their item, before revocations: what the next read may
   *     take over
   * @param revokedBefore all keys created before are revoked; null if there is no such revocation
   */
  record ReadRing(List<Key> keys, Map<KeyItem, Key> readable, @Nullable Instant revokedBefore) {}
}
