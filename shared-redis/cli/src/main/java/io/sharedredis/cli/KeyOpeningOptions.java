package io.sharedredis.cli;

import io.sharedredis.dataprotection.atrest.CertificateKey;
import io.sharedredis.dataprotection.keyring.EntryAuthentication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What opens the keys of a ring, and says that its entries are genuine. */
final class KeyOpeningOptions {
  @Option(
      names = "--certificate",
      paramLabel = "<file.p12>",
      description =
          "PKCS#12 file that opens encrypted keys; repeat it with its password file. Where keys are"
              + " made, the first encrypts them.")
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

  /** Whether any of them was given. */
  boolean given() {
    return !certificates.isEmpty()
        || !certificatePasswordFiles.isEmpty()
        || entrySecretFile != null;
  }

  /** The secret that authenticates entries, null if none was given. */
  @Nullable EntryAuthentication entryAuthentication() {
    if (entrySecretFile == null) {
      return null;
    }
    try {
      return new EntryAuthentication(Secrets.bytes("--entry-secret-file", entrySecretFile));
    } catch (IllegalArgumentException e) {
      throw new UsageException("--entry-secret-file " + entrySecretFile + ": " + e.getMessage(), e);
    }
  }

  /** The certificates with their private keys, in the order in which they were given. */
  List<CertificateKey> openCertificates() {
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
