package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * What goes when keys are deleted, in the order in which it goes.
 *
 * @param keys ids of the keys
 * @param items the keys, then single revocations that name no key that stays, then mass revocations
 *     that a later one covers
 */
record Deletion(Set<UUID> keys, List<KeyItem> items) {

  static Deletion of(List<Key> keys, List<KeyItem> stored, Predicate<Key> unwanted) {
    Set<UUID> gone = new HashSet<>();
    Set<UUID> staying = new HashSet<>();
    keys.forEach(key -> (unwanted.test(key) ? gone : staying).add(key.id()));
    if (staying.isEmpty() && !gone.isEmpty()) {
      throw new DataProtectionException("the deletion would leave no key; reset the ring instead");
    }
    List<Entry> entries = stored.stream().map(Deletion::entry).toList();
    Instant latestMass =
        entries.stream()
            .map(Entry::massDate)
            .filter(date -> date != null)
            .max(Instant::compareTo)
            .orElse(Instant.MIN);
    List<KeyItem> items = new ArrayList<>();
    entries.stream()
        .filter(entry -> entry.isKey() && entry.keyId() != null && gone.contains(entry.keyId()))
        .forEach(entry -> items.add(entry.item()));
    entries.stream()
        .filter(entry -> !entry.isKey() && entry.keyId() != null)
        .filter(entry -> !staying.contains(entry.keyId()))
        .forEach(entry -> items.add(entry.item()));
    entries.stream()
        .filter(entry -> entry.massDate() != null && entry.massDate().isBefore(latestMass))
        .forEach(entry -> items.add(entry.item()));
    return new Deletion(Set.copyOf(gone), items);
  }

  /** An item as far as deletion needs to know it; what cannot be read stays. */
  private record Entry(
      KeyItem item, boolean isKey, @Nullable UUID keyId, @Nullable Instant massDate) {}

  private static Entry entry(KeyItem item) {
    try {
      Element element = HardenedXml.parse(item.xml());
      if (HardenedXml.isNamed(element, null, "key")) {
        return new Entry(item, true, id(element), null);
      }
      Element key = HardenedXml.child(element, "key");
      if (!HardenedXml.isNamed(element, null, "revocation") || key == null) {
        return new Entry(item, false, null, null);
      }
      if (!"*".equals(HardenedXml.attribute(key, "id"))) {
        return new Entry(item, false, id(key), null);
      }
      Element date = HardenedXml.child(element, "revocationDate");
      return new Entry(
          item, false, null, date == null ? null : KeyDates.parse(HardenedXml.text(date)));
    } catch (DataProtectionException e) {
      return new Entry(item, false, null, null);
    }
  }

  private static @Nullable UUID id(Element element) {
    String id = HardenedXml.attribute(element, "id");
    return id == null ? null : GuidText.parse(id);
  }
}
