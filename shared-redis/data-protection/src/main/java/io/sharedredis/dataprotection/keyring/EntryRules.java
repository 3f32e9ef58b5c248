package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.repository.KeyItem;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;

/**
 * What a stored key must fulfil beyond being readable. Nobody authenticates a ring of ASP.NET Core:
 * who can write to the store can add a key of his own, unless one of these rules refuses it.
 */
final class EntryRules {
  private final boolean requireEncryptedKeys;
  private final @Nullable EntryAuthentication authentication;

  EntryRules(boolean requireEncryptedKeys, @Nullable EntryAuthentication authentication) {
    this.requireEncryptedKeys = requireEncryptedKeys;
    this.authentication = authentication;
  }

  /**
   * Makes sure that entries can be judged.
   *
   * @throws io.sharedredis.dataprotection.repository.StoreUnavailableException if not now
   */
  void prepare() {
    if (authentication != null) {
      authentication.prepare();
    }
  }

  /** Why the key must not be used, or null. */
  @Nullable String refusal(KeyItem item, Element key) {
    if (authentication != null && !authentication.isGenuine(item)) {
      return "its entry is not authenticated by this ring's secret";
    }
    if (requireEncryptedKeys && !SecretOpener.isEncrypted(key)) {
      return "its secret is not encrypted in the store";
    }
    return null;
  }

  /**
   * Whether a revocation should be reported. It is obeyed whoever wrote it, since a forged one can
   * only deny service, which deleting the ring could as well.
   */
  boolean isSuspicious(KeyItem revocation) {
    return authentication != null && !authentication.isGenuine(revocation);
  }

  /** Whether the item is genuine for this ring, or null if entries are not authenticated. */
  @Nullable Boolean isAuthenticated(KeyItem item) {
    return authentication == null ? null : Boolean.valueOf(authentication.isGenuine(item));
  }

  /** The item with the tag that makes it genuine for this ring, if entries are authenticated. */
  KeyItem authenticated(KeyItem item) {
    return authentication == null ? item : authentication.tag(item);
  }
}
