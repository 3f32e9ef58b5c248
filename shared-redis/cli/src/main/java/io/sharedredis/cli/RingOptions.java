package io.sharedredis.cli;

import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.atrest.CertificateDecryptor;
import io.sharedredis.dataprotection.atrest.CertificateEncryptor;
import io.sharedredis.dataprotection.atrest.CertificateKey;
import io.sharedredis.dataprotection.atrest.SecretEncryptor.EncryptedSecret;
import io.sharedredis.dataprotection.keyring.EntryAuthentication;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where the key ring is and what opens it. */
final class RingOptions {
  @Option(
      names = "--redis",
      paramLabel = "<url>",
      description = "Redis that holds the ring: redis://host[:port][/database], rediss:// for TLS.")
  @Nullable String redis;

  @Option(
      names = "--redis-key",
      paramLabel = "<key>",
      description = "List that holds the ring. Default: DataProtection-Keys")
  @Nullable String redisKey;

  @Mixin RedisLoginOptions login = new RedisLoginOptions();

  @Option(
      names = "--directory",
      paramLabel = "<dir>",
      description = "Directory that holds the ring, in .NET's file layout.")
  @Nullable Path directory;

  @Mixin KeyOpeningOptions opening = new KeyOpeningOptions();

  @Option(
      names = "--require-encrypted-keys",
      description = "Refuse keys that lie unencrypted in the store.")
  boolean requireEncryptedKeys;

  private List<CertificateKey> opened = List.of();

  /** Whether a command may begin a ring where there is none. */
  enum Missing {
    /** A directory that is not there is a mistyped one. */
    IS_WRONG,
    /** The directory is made. */
    IS_MADE
  }

  /** Opens the ring that the options name; the caller closes it. */
  Ring open(Surroundings io, Missing missing) {
    if (redis != null && directory != null) {
      throw new UsageException("--redis and --directory exclude each other: name one key ring");
    }
    if (directory != null) {
      refuseRedisOptions();
      opened = opening.openCertificates();
      return Ring.ofDirectory(directory, missing, io);
    }
    if (redis == null) {
      throw new UsageException("which key ring? name one with --redis <url> or --directory <dir>");
    }
    opened = opening.openCertificates();
    return RedisRing.open(redis, login, redisKey, io);
  }

  private void refuseRedisOptions() {
    String given = redisKey != null ? "--redis-key" : login.given();
    if (given != null) {
      throw new UsageException(given + " goes with --redis, not with --directory: leave it out");
    }
  }

  /**
   * What the options say about keys of the ring.
   *
   * @param generate whether keys may be made on their own account: only in a copy of the ring
   */
  DataProtectionOptions.Builder dataProtection(Surroundings io, boolean generate) {
    DataProtectionOptions.Builder options =
        DataProtectionOptions.builder()
            .autoGenerateKeys(generate)
            .requireEncryptedKeys(requireEncryptedKeys);
    if (!opened.isEmpty()) {
      options.addSecretDecryptor(new CertificateDecryptor(opened, io.random()));
    }
    EntryAuthentication entries = opening.entryAuthentication();
    if (entries != null) {
      options.entryAuthentication(entries);
    }
    return options;
  }

  /** For a copy of the ring that is only read; a key that it may lack is made in the copy. */
  DataProtectionOptions.Builder forCopy(Surroundings io) {
    // Never stored, hence never decrypted: the text in its place does not matter.
    return dataProtection(io, true)
        .secretEncryptor(plain -> new EncryptedSecret("<none />", "none"));
  }

  /** For making keys: they are encrypted by the first certificate. */
  DataProtectionOptions.Builder forNewKeys(Surroundings io) {
    DataProtectionOptions.Builder options = dataProtection(io, false);
    if (opened.isEmpty()) {
      if (requireEncryptedKeys) {
        throw new UsageException(
            "--require-encrypted-keys needs something that encrypts keys: add --certificate"
                + " <file.p12> --certificate-password-file <file>");
      }
      return options;
    }
    try {
      return options.secretEncryptor(
          new CertificateEncryptor(opened.get(0).certificate(), io.random()));
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "--certificate " + opening.certificates.get(0) + ": " + e.getMessage(), e);
    }
  }

  /** Whether new keys are encrypted at rest. */
  boolean encryptsKeys() {
    return !opening.certificates.isEmpty();
  }
}
