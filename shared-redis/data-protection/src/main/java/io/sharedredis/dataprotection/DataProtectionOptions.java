package io.sharedredis.dataprotection;

import io.sharedredis.dataprotection.atrest.SecretDecryptor;
import io.sharedredis.dataprotection.atrest.SecretEncryptor;
import io.sharedredis.dataprotection.keyring.EntryAuthentication;
import io.sharedredis.dataprotection.keyring.KeyAlgorithm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Settings of one key ring and its protectors. Immutable; validated when built, with an {@link
 * IllegalArgumentException} that names option and value.
 */
public final class DataProtectionOptions {
  private final @Nullable String applicationName;
  private final String replicaName;
  private final Duration keyLifetime;
  private final Duration refreshInterval;
  private final KeyAlgorithm algorithm;
  private final boolean autoGenerateKeys;
  private final boolean requireEncryptedKeys;
  private final @Nullable SecretEncryptor secretEncryptor;
  private final List<SecretDecryptor> secretDecryptors;
  private final @Nullable EntryAuthentication entryAuthentication;
  private final List<Consumer<String>> escrowSinks;

  private DataProtectionOptions(Builder builder) {
    this.applicationName = builder.applicationName;
    this.replicaName = builder.replicaName;
    this.keyLifetime = builder.keyLifetime;
    this.refreshInterval = builder.refreshInterval;
    this.algorithm = builder.algorithm;
    this.autoGenerateKeys = builder.autoGenerateKeys;
    this.requireEncryptedKeys = builder.requireEncryptedKeys;
    this.secretEncryptor = builder.secretEncryptor;
    this.secretDecryptors = List.copyOf(builder.secretDecryptors);
    this.entryAuthentication = builder.entryAuthentication;
    this.escrowSinks = List.copyOf(builder.escrowSinks);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** First purpose of every protector, or empty for none. */
  public Optional<String> applicationName() {
    return Optional.ofNullable(applicationName);
  }

  /** What log lines of the ring call this process. */
  public String replicaName() {
    return replicaName;
  }

  /** How long a new key may be the default key, counted from its making. */
  public Duration keyLifetime() {
    return keyLifetime;
  }

  /** After how long the store is read again though no change was announced. */
  public Duration refreshInterval() {
    return refreshInterval;
  }

  /** Algorithm of new keys. */
  public KeyAlgorithm algorithm() {
    return algorithm;
  }

  /** Whether this process makes a new key when one is due. */
  public boolean autoGenerateKeys() {
    return autoGenerateKeys;
  }

  /** Whether keys that lie unencrypted in the store are refused. */
  public boolean requireEncryptedKeys() {
    return requireEncryptedKeys;
  }

  /** What encrypts the secret of new keys at rest. */
  public Optional<SecretEncryptor> secretEncryptor() {
    return Optional.ofNullable(secretEncryptor);
  }

  /** What opens encrypted secrets of the ring. */
  public List<SecretDecryptor> secretDecryptors() {
    return secretDecryptors;
  }

  /** What authenticates entries of the ring. */
  public Optional<EntryAuthentication> entryAuthentication() {
    return Optional.ofNullable(entryAuthentication);
  }

  /** Who is given each new key in unencrypted form. */
  public List<Consumer<String>> escrowSinks() {
    return escrowSinks;
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    /** Shortest lifetime that ASP.NET Core allows. */
    private static final Duration MIN_LIFETIME = Duration.ofDays(7);

    private static final Duration DEFAULT_LIFETIME = Duration.ofDays(90);

    /** Announcements bring changes at once; the poll only covers those that were missed. */
    private static final Duration DEFAULT_REFRESH = Duration.ofMinutes(1);

    private static final Duration MIN_REFRESH = Duration.ofSeconds(1);
    private static final Duration MAX_REFRESH = Duration.ofHours(24);

    private @Nullable String applicationName;
    private String replicaName = "process " + ProcessHandle.current().pid();
    private Duration keyLifetime = DEFAULT_LIFETIME;
    private Duration refreshInterval = DEFAULT_REFRESH;
    private KeyAlgorithm algorithm = KeyAlgorithm.AES_256_CBC_HMACSHA256;
    private boolean autoGenerateKeys = true;
    private boolean requireEncryptedKeys;
    private @Nullable SecretEncryptor secretEncryptor;
    private final List<SecretDecryptor> secretDecryptors = new ArrayList<>();
    private @Nullable EntryAuthentication entryAuthentication;
    private final List<Consumer<String>> escrowSinks = new ArrayList<>();

    private Builder() {}

    /**
     * Name that isolates this application on a ring it shares with others: purpose 1 of every
     * protector, as {@code SetApplicationName} in ASP.NET Core. Taken as it is. Default: none.
     */
    public Builder applicationName(String name) {
      if (name.isEmpty()) {
        throw new IllegalArgumentException(
            "applicationName is empty; give a name, or leave the option out to use none");
      }
      this.applicationName = name;
      return this;
    }

    /**
     * What log lines of the ring call this process, so that the logs of a farm can be read as one.
     * Default: its id.
     */
    public Builder replicaName(String name) {
      this.replicaName = name;
      return this;
    }

    /** Default 90 days; at least 7 days. */
    public Builder keyLifetime(Duration lifetime) {
      if (lifetime.compareTo(MIN_LIFETIME) < 0) {
        throw new IllegalArgumentException(
            "keyLifetime is " + lifetime + "; it must be at least " + MIN_LIFETIME);
      }
      this.keyLifetime = lifetime;
      return this;
    }

    /** Default 1 minute; 1 second to 24 hours. Up to a fifth less, at random. */
    public Builder refreshInterval(Duration interval) {
      if (interval.compareTo(MIN_REFRESH) < 0 || interval.compareTo(MAX_REFRESH) > 0) {
        throw new IllegalArgumentException(
            "refreshInterval is "
                + interval
                + "; it must be between "
                + MIN_REFRESH
                + " and "
                + MAX_REFRESH);
      }
      this.refreshInterval = interval;
      return this;
    }

    /** Default AES-256-CBC with HMAC-SHA-256, as in ASP.NET Core. */
    public Builder algorithm(KeyAlgorithm newKeys) {
      this.algorithm = newKeys;
      return this;
    }

    /** Default on. Off for processes that only read a ring which another one rotates. */
    public Builder autoGenerateKeys(boolean generate) {
      this.autoGenerateKeys = generate;
      return this;
    }

    /**
     * Default off. On: a key whose secret lies unencrypted in the store is never used, so that
     * write access to the store alone does not add a trusted key. Needs a {@link #secretEncryptor}
     * where keys are generated.
     */
    public Builder requireEncryptedKeys(boolean require) {
      this.requireEncryptedKeys = require;
      return this;
    }

    /** Default none: master keys lie readable in the store, which is logged as a warning. */
    public Builder secretEncryptor(SecretEncryptor encryptor) {
      this.secretEncryptor = encryptor;
      return this;
    }

    /** Adds what opens encrypted secrets; the first that knows the kind is asked. */
    public Builder addSecretDecryptor(SecretDecryptor decryptor) {
      this.secretDecryptors.add(decryptor);
      return this;
    }

    /**
     * Default none. With it, keys without a genuine tag are never used. Replicas of ASP.NET Core on
     * the same ring notice nothing but must not generate keys themselves. How a ring that is older
     * than its authentication is brought under it: {@link KeyManager#authenticate}.
     */
    public Builder entryAuthentication(EntryAuthentication authentication) {
      this.entryAuthentication = authentication;
      return this;
    }

    /**
     * Adds a sink that is given the unencrypted element of each new key before it is stored. Of
     * replicas that make a key at the same moment each gives its own, also if another's is used in
     * the end. A sink that throws prevents the key.
     */
    public Builder addEscrowSink(Consumer<String> sink) {
      this.escrowSinks.add(sink);
      return this;
    }

    /**
     * @throws IllegalArgumentException if options contradict each other
     */
    public DataProtectionOptions build() {
      if (requireEncryptedKeys && autoGenerateKeys && secretEncryptor == null) {
        throw new IllegalArgumentException(
            "requireEncryptedKeys is on but nothing encrypts the keys that are generated here;"
                + " set secretEncryptor or turn autoGenerateKeys off");
      }
      return new DataProtectionOptions(this);
    }
  }
}
