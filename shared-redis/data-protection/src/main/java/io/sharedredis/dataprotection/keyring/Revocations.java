package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/** What was revoked; read completely before it is applied, as the order of items means nothing. */
final class Revocations {
  private static final Logger log = LoggerFactory.getLogger(Revocations.class);

  private final Set<UUID> ids = new HashSet<>();
  private @Nullable Instant createdBefore;

  void add(Element revocation) {
    Element key = HardenedXml.child(revocation, "key");
    String id = key == null ? null : HardenedXml.attribute(key, "id");
    if (id == null) {
      throw new DataProtectionException("a revocation names no key");
    }
    if (!id.equals("*")) {
      ids.add(GuidText.parse(id));
      return;
    }
    Instant date = KeyRingReader.date(revocation, "revocationDate");
    if (createdBefore == null || date.isAfter(createdBefore)) {
      createdBefore = date;
    }
  }

  /** All keys created before are revoked; null if there is no such revocation. */
  @Nullable Instant createdBefore() {
    return createdBefore;
  }

  List<Key> apply(Collection<Key> keys) {
    List<Key> result = new ArrayList<>(keys.size());
    Set<UUID> unknown = new HashSet<>(ids);
    for (Key key : keys) {
      unknown.remove(key.id());
      boolean revoked =
          ids.contains(key.id())
              || (createdBefore != null && key.creation().isBefore(createdBefore));
      result.add(revoked ? key.withRevoked() : key);
    }
    if (!unknown.isEmpty()) {
      log.info("the key ring revokes {} keys that it does not hold", unknown.size());
    }
    return result;
  }
}
