package io.sharedredis.dataprotection.repository;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/** File names for items, also for those that come from a store that keeps none. */
final class ItemNames {
  /** A name must not lead out of the directory, whatever an item says. */
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9_-]{1,100}");

  private ItemNames() {}

  /** The name .NET gave or would give, or one made of the content. */
  static String of(KeyItem item) {
    if (SAFE.matcher(item.friendlyName()).matches()) {
      return item.friendlyName();
    }
    String derived = derived(item.xml());
    return derived != null && SAFE.matcher(derived).matches()
        ? derived
        : "item-" + digest(item.xml()).substring(0, 32);
  }

  /** SHA-256 in hexadecimal. */
  static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime has no SHA-256", e);
    }
  }

  private static @Nullable String derived(String xml) {
    try {
      Element element = HardenedXml.parse(xml);
      if (HardenedXml.isNamed(element, null, "key")) {
        return named("key-", HardenedXml.attribute(element, "id"));
      }
      Element key = HardenedXml.child(element, "key");
      String id = key == null ? null : HardenedXml.attribute(key, "id");
      Element date = HardenedXml.child(element, "revocationDate");
      if ("*".equals(id) && date != null) {
        return "revocation-" + HardenedXml.text(date).replaceAll("[^0-9TZ]", "");
      }
      return named("revocation-", id);
    } catch (DataProtectionException e) {
      return null;
    }
  }

  private static @Nullable String named(String prefix, @Nullable String id) {
    return id == null ? null : prefix + id.toLowerCase(Locale.ROOT);
  }
}
