package io.sharedredis.dataprotection.repository;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * What a store has lost of a ring that was read from it before.
 *
 * <p>An element that is missing may have been deleted on purpose. It counts as lost only if the
 * store has lost its memory or its last changes since ({@link RepositorySnapshot#hasLostSince}), or
 * if nothing at all is left of the earlier ring: a deletion always leaves a key, and a wipe leaves
 * its mark.
 */
public final class LostItems {
  private LostItems() {}

  /**
   * Elements of {@code earlier} that belong back into {@code now}, in their order; none if they
   * were or may have been deleted on purpose, and no key whose id is there.
   */
  public static List<KeyItem> of(RepositorySnapshot earlier, RepositorySnapshot now) {
    if (!now.permits(earlier.resetMark())) {
      return List.of();
    }
    Set<String> present = new HashSet<>();
    now.items().forEach(item -> present.add(item.xml()));
    List<KeyItem> missing =
        earlier.items().stream().filter(item -> !present.contains(item.xml())).toList();
    boolean nothingLeft = missing.size() == earlier.items().size();
    if (missing.isEmpty() || !(nothingLeft || now.hasLostSince(earlier))) {
      return List.of();
    }
    return withoutKeysOf(now.items(), missing);
  }

  /**
   * Elements of both whose tag is gone, with the tag they had. Nobody takes a tag away on purpose,
   * and a store that drops what it deems old (an eviction policy) may drop tags alone.
   */
  public static List<KeyItem> withLostTags(RepositorySnapshot earlier, RepositorySnapshot now) {
    Set<String> untagged = new HashSet<>();
    now.items().stream()
        .filter(item -> item.tag() == null)
        .forEach(item -> untagged.add(item.xml()));
    return earlier.items().stream()
        .filter(item -> item.tag() != null && untagged.contains(item.xml()))
        .toList();
  }

  /**
   * The items, of keys with the same id the last: one that was written again in another form (its
   * secret encrypted anew) stands behind the older form.
   */
  static List<KeyItem> eachKeyOnce(List<KeyItem> items) {
    return withoutKeysOf(List.of(), items);
  }

  /** Those of the items that are no key with the id of one that is held; of each id the last. */
  static List<KeyItem> withoutKeysOf(List<KeyItem> held, List<KeyItem> items) {
    Set<String> ids = new HashSet<>();
    held.forEach(item -> ids.add(String.valueOf(keyId(item))));
    List<KeyItem> kept = new ArrayList<>();
    for (int i = items.size() - 1; i >= 0; i--) {
      String id = keyId(items.get(i));
      if (id == null || ids.add(id)) {
        kept.add(0, items.get(i));
      }
    }
    return kept;
  }

  /** The digits of a key's id, in whatever form .NET reads; null for what is no key. */
  private static @Nullable String keyId(KeyItem item) {
    try {
      Element element = HardenedXml.parse(item.xml());
      String id =
          HardenedXml.isNamed(element, null, "key") ? HardenedXml.attribute(element, "id") : null;
      return id == null ? null : id.toLowerCase(Locale.ROOT).replaceAll("[^0-9a-f]", "");
    } catch (DataProtectionException e) {
      return null;
    }
  }
}
