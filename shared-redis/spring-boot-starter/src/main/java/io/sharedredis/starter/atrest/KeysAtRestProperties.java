package io.sharedredis.starter.atrest;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the keys of the ring are guarded where they lie.
 *
 * @param autoGenerateKeys whether this application makes new keys when they are due; off for one
 *     that only reads a ring which another one rotates
 * @param requireEncryptedKeys whether a key that lies unencrypted in the store is refused
 * @param certificates PKCS#12 files that open keys; the first encrypts new ones
 * @param entrySecretFile file with at least 32 random bytes that authenticate the entries of the
 *     ring, the same on every replica
 */
@ConfigurationProperties("shared-redis.data-protection")
public record KeysAtRestProperties(
    @DefaultValue("true") boolean autoGenerateKeys,
    @DefaultValue("false") boolean requireEncryptedKeys,
    @DefaultValue List<Certificate> certificates,
    @Nullable Path entrySecretFile) {

  /**
   * A certificate with its RSA key.
   *
   * @param file PKCS#12 ({@code .p12}, {@code .pfx})
   * @param password of the file; better {@code passwordFile}
   * @param passwordFile file that holds the password; one final line break is dropped
   */
  public record Certificate(Path file, @Nullable String password, @Nullable Path passwordFile) {

    /** Shows no password. */
    @Override
    public String toString() {
      return "Certificate[" + file + "]";
    }
  }
}
