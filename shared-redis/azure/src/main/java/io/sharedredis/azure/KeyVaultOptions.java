package io.sharedredis.azure;

import com.azure.core.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Settings for Key Vault. Immutable; validated when built, with an {@link IllegalArgumentException}
 * that names option and value.
 */
public final class KeyVaultOptions {

  private final @Nullable KeyVaultKeyId key;
  private final AllowedKeys allowed;
  private final Duration deadline;
  private final Duration pause;
  private final @Nullable HttpClient httpClient;

  private KeyVaultOptions(Builder builder) {
    this.key = builder.key;
    this.allowed = new AllowedKeys(builder.allowedKeys);
    if (key != null) {
      allowed.add(key);
    }
    this.deadline = builder.deadline;
    this.pause = builder.pause;
    this.httpClient = builder.httpClient;
  }

  public static Builder builder() {
    return new Builder();
  }

  Optional<KeyVaultKeyId> key() {
    return Optional.ofNullable(key);
  }

  AllowedKeys allowed() {
    return allowed;
  }

  Duration deadline() {
    return deadline;
  }

  Duration pause() {
    return pause;
  }

  @Nullable HttpClient httpClient() {
    return httpClient;
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {

    /** Room for a token, a challenge and two more tries; a person who waits sees it as slow. */
    private static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(5);

    private static final Duration LONGEST_DEADLINE = Duration.ofMinutes(1);

    /** As long as a deadline: a vault that is away costs half the time of those who ask. */
    private static final Duration DEFAULT_PAUSE = Duration.ofSeconds(5);

    private @Nullable KeyVaultKeyId key;
    private final List<String> allowedKeys = new ArrayList<>();
    private Duration deadline = DEFAULT_DEADLINE;
    private Duration pause = DEFAULT_PAUSE;
    private @Nullable HttpClient httpClient;

    private Builder() {}

    /**
     * Identifier of the RSA key that wraps new master keys, {@code
     * https://NAME.vault.azure.net/keys/KEY}; without a version the current one at that moment.
     * Default none: keys of the ring can be read but not made.
     */
    public Builder key(String keyId) {
      this.key = KeyVaultKeyId.configured("key", keyId);
      return this;
    }

    /**
     * Adds a vault, a key or a version of a key that stored elements may name beside {@link #key},
     * whose versions are all allowed. Default none.
     */
    public Builder allowedKey(String vaultOrKeyId) {
      this.allowedKeys.add(vaultOrKeyId);
      return this;
    }

    /** Longest wait for one call, token and retries included. Default 5 s; at most 1 min. */
    public Builder deadline(Duration longest) {
      if (longest.isZero() || longest.isNegative() || longest.compareTo(LONGEST_DEADLINE) > 0) {
        throw new IllegalArgumentException(
            "deadline is " + longest + "; it must be above 0 and at most " + LONGEST_DEADLINE);
      }
      this.deadline = longest;
      return this;
    }

    /**
     * How long a call that failed because the vault is away is not made again; the vault may ask
     * for longer. Default 5 s.
     */
    public Builder pause(Duration quiet) {
      if (quiet.isNegative() || quiet.compareTo(LONGEST_DEADLINE) > 0) {
        throw new IllegalArgumentException(
            "pause is " + quiet + "; it must be from 0 to " + LONGEST_DEADLINE);
      }
      this.pause = quiet;
      return this;
    }

    /** What sends requests. Default: the client that the Azure SDK finds on the class path. */
    public Builder httpClient(HttpClient client) {
      this.httpClient = client;
      return this;
    }

    /**
     * @throws IllegalArgumentException if an allowed key is none
     */
    public KeyVaultOptions build() {
      return new KeyVaultOptions(this);
    }
  }
}
