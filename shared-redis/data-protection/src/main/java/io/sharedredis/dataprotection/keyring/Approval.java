package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.keyring.UnauthenticatedEntry.Kind;
import io.sharedredis.dataprotection.repository.KeyItem;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/** Elements without a genuine tag, and the tags of those that a person has approved. */
final class Approval {
  private final EntryAuthentication authentication;

  Approval(EntryAuthentication authentication) {
    this.authentication = authentication;
  }

  List<UnauthenticatedEntry> pending(List<KeyItem> items) {
    return items.stream()
        .filter(item -> !authentication.isGenuine(item))
        .map(Approval::entry)
        .toList();
  }

  List<KeyItem> approved(List<KeyItem> items, Set<String> fingerprints) {
    return items.stream()
        .filter(item -> !authentication.isGenuine(item))
        .filter(item -> fingerprints.contains(fingerprint(item)))
        .map(authentication::tag)
        .toList();
  }

  private static UnauthenticatedEntry entry(KeyItem item) {
    String fingerprint = fingerprint(item);
    try {
      Element element = HardenedXml.parse(item.xml());
      if (HardenedXml.isNamed(element, null, "key")) {
        return new UnauthenticatedEntry(Kind.KEY, id(element), fingerprint);
      }
      if (HardenedXml.isNamed(element, null, "revocation")) {
        Optional<UUID> revoked = id(HardenedXml.child(element, "key"));
        return new UnauthenticatedEntry(Kind.REVOCATION, revoked, fingerprint);
      }
    } catch (DataProtectionException e) {
      // Cannot be read: nothing more can be said of it.
      return new UnauthenticatedEntry(Kind.OTHER, Optional.empty(), fingerprint);
    }
    return new UnauthenticatedEntry(Kind.OTHER, Optional.empty(), fingerprint);
  }

  private static Optional<UUID> id(@Nullable Element key) {
    String id = key == null ? null : HardenedXml.attribute(key, "id");
    return id == null || id.equals("*") ? Optional.empty() : Optional.of(GuidText.parse(id));
  }

  static String fingerprint(KeyItem item) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(sha.digest(item.xml().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java runtime lacks SHA-256", e);
    }
  }
}
