package io.sharedredis.azure;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The keys that stored elements may name. Who can write to Redis can name any address in an
 * element; only what stands here is ever called, so that nobody sends this process, with its
 * credential, where he likes.
 */
final class AllowedKeys {

  private static final Pattern VAULT =
      Pattern.compile(
          "(?i:https)://(?<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)"
              + "(?::(?<port>[0-9]{1,5}))?/*");

  private final List<String> vaults = new ArrayList<>();
  private final List<KeyVaultKeyId> keys = new ArrayList<>();

  /**
   * @param entries vaults (all keys in them), keys (all versions) or versions of keys
   * @throws IllegalArgumentException naming an entry that is none of these
   */
  AllowedKeys(List<String> entries) {
    for (String entry : entries) {
      Matcher vault = VAULT.matcher(entry.strip());
      if (vault.matches()) {
        vaults.add(KeyVaultKeyId.vaultUrl(vault.group("host"), vault.group("port")));
      } else {
        keys.add(KeyVaultKeyId.configured("allowedKeys", entry));
      }
    }
  }

  /** Allows every version of a key. */
  void add(KeyVaultKeyId key) {
    keys.add(new KeyVaultKeyId(key.vaultUrl(), key.name(), null));
  }

  /** The version of a key that an element names, if it may be asked to unwrap. */
  Optional<KeyVaultKeyId> allowed(String kid) {
    return KeyVaultKeyId.read(kid)
        .filter(key -> key.version() != null)
        .filter(key -> vaults.contains(key.vaultUrl()) || keys.stream().anyMatch(of(key)));
  }

  private static Predicate<KeyVaultKeyId> of(KeyVaultKeyId key) {
    return entry ->
        entry.isSameKey(key)
            && (entry.version() == null || entry.version().equalsIgnoreCase(key.version()));
  }
}
