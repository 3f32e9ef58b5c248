package io.sharedredis.azure;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The identifier of a key in a vault, {@code https://vault/keys/name[/version]}, taken apart and
 * put together again from checked parts only: what is called is never text out of Redis.
 *
 * @param vaultUrl scheme, host in lower case and, unless it is 443, port
 * @param name of the key
 * @param version of the key, or null for the one that is current when it is asked for
 */
record KeyVaultKeyId(String vaultUrl, String name, @Nullable String version) {

  private static final Pattern FORM =
      Pattern.compile(
          "(?i:https)://(?<host>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)"
              + "(?::(?<port>[0-9]{1,5}))?/+keys/+(?<name>[0-9A-Za-z-]{1,127})"
              + "(?:/+(?<version>[0-9A-Za-z]{1,64}))?/*");

  /** The parts of an identifier, or nothing if it is none. */
  static Optional<KeyVaultKeyId> read(String text) {
    Matcher parts = FORM.matcher(text.strip());
    if (!parts.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new KeyVaultKeyId(
            vaultUrl(parts.group("host"), parts.group("port")),
            parts.group("name"),
            parts.group("version")));
  }

  /**
   * The parts of an identifier out of the configuration.
   *
   * @throws IllegalArgumentException naming the option
   */
  static KeyVaultKeyId configured(String option, String text) {
    return read(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    option
                        + " is '"
                        + text
                        + "'; it must be the identifier of a key,"
                        + " https://NAME.vault.azure.net/keys/KEY, with or without a version"));
  }

  static String vaultUrl(String host, @Nullable String port) {
    String base = "https://" + host.toLowerCase(Locale.ROOT);
    return port == null || port.equals("443") ? base : base + ":" + port;
  }

  /** Whether both name the same key, whatever the version; Key Vault ignores letter case. */
  boolean isSameKey(KeyVaultKeyId other) {
    return vaultUrl.equals(other.vaultUrl) && name.equalsIgnoreCase(other.name);
  }

  KeyVaultKeyId withVersion(String chosen) {
    return new KeyVaultKeyId(vaultUrl, name, chosen);
  }

  /** The identifier as Key Vault writes it. */
  @Override
  public String toString() {
    return vaultUrl + "/keys/" + name + (version == null ? "" : "/" + version);
  }
}
