package io.sharedredis.cli;

import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.atrest.CertificateDecryptor;
import io.sharedredis.dataprotection.atrest.CertificateEncryptor;
import io.sharedredis.dataprotection.atrest.CertificateKey;
import io.sharedredis.dataprotection.atrest.SecretEncryptor.EncryptedSecret;
import io.sharedredis.dataprotection.keyring.EntryAuthentication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
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

  @Option(names = "--redis-user", paramLabel = "<name>", description = "User of Redis 6 ACLs.")
  @Nullable String redisUser;

  @Option(
      names = "--redis-password-file",
      paramLabel = "<file>",
      description =
          "File that holds the password of Redis. Without it the environment variable"
              + " REDIS_PASSWORD is taken.")
  @Nullable Path redisPasswordFile;

  @Option(
      names = "--directory",
      paramLabel = "<dir>",
      description = "Directory that holds the ring, in .NET's file layout.")
  @Nullable Path directory;

  @Option(
      names = "--certificate",
      paramLabel = "<file.p12>",
      description =
          "PKCS#12 file that opens encrypted keys; repeat it with its password file. The first"
              + " encrypts new keys.")
  List<Path> certificates = new ArrayList<>();

  @Option(
      names = "--certificate-password-file",
      paramLabel = "<file>",
      description = "File that holds the password of the --certificate in the same position.")
  List<Path> certificatePasswordFiles = new ArrayList<>();

  @Option(
      names = "--entry-secret-file",
      paramLabel = "<file>",
      description =
          "File that holds the secret which authenticates entries of the ring, the same bytes as on"
              + " the replicas (at least 32).")
  @Nullable Path entrySecretFile;

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
      opened = openCertificates();
      return Ring.ofDirectory(directory, missing, io);
    }
    if (redis == null) {
      throw new UsageException("which key ring? name one with --redis <url> or --directory <dir>");
    }
    opened = openCertificates();
    return RedisRing.open(
        redis, redisKey, redisUser, Secrets.redisPassword(redisPasswordFile, io), io);
  }

  private void refuseRedisOptions() {
    String given =
        redisKey != null
            ? "--redis-key"
            : redisUser != null
                ? "--redis-user"
                : redisPasswordFile != null ? "--redis-password-file" : null;
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
    if (entrySecretFile != null) {
      try {
        options.entryAuthentication(
            new EntryAuthentication(Secrets.bytes("--entry-secret-file", entrySecretFile)));
      } catch (IllegalArgumentException e) {
        throw new UsageException(
            "--entry-secret-file " + entrySecretFile + ": " + e.getMessage(), e);
      }
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
      throw new UsageException("--certificate " + certificates.get(0) + ": " + e.getMessage(), e);
    }
  }

  /** Whether new keys are encrypted at rest. */
  boolean encryptsKeys() {
    return !certificates.isEmpty();
  }

  private List<CertificateKey> openCertificates() {
    if (certificates.size() != certificatePasswordFiles.size()) {
      throw new UsageException(
          "--certificate stands "
              + certificates.size()
              + " times and --certificate-password-file "
              + certificatePasswordFiles.size()
              + " times: give each certificate its password file (an empty file for no password)");
    }
    List<CertificateKey> keys = new ArrayList<>();
    for (int i = 0; i < certificates.size(); i++) {
      Path file = certificates.get(i);
      if (!Files.isReadable(file)) {
        throw new UsageException(
            "--certificate " + file + " cannot be read: no such file, or no permission");
      }
      char[] password =
          Secrets.text("--certificate-password-file", certificatePasswordFiles.get(i));
      try {
        keys.add(CertificateKey.fromPkcs12(file, password));
      } catch (IllegalArgumentException e) {
        throw new UsageException("--certificate " + e.getMessage(), e);
      }
    }
    return keys;
  }
}
