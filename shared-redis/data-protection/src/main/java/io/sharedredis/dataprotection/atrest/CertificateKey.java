package io.sharedredis.dataprotection.atrest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collections;

/**
 * A certificate and its RSA private key, for opening what was encrypted for the certificate.
 *
 * @param certificate names the key in stored elements
 * @param privateKey opens them; may lie in a hardware module
 */
public record CertificateKey(X509Certificate certificate, PrivateKey privateKey) {
  /**
   * Reads the one private key of a PKCS#12 file ({@code .p12}, {@code .pfx}).
   *
   * @throws IllegalArgumentException if the file cannot be read with the password or holds no
   *     private key; names the file, never the password
   */
  public static CertificateKey fromPkcs12(Path file, char[] password) {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      for (String alias : Collections.list(store.aliases())) {
        Key key = store.getKey(alias, password);
        if (key instanceof PrivateKey privateKey
            && store.getCertificate(alias) instanceof X509Certificate certificate) {
          return new CertificateKey(certificate, privateKey);
        }
      }
      throw new IllegalArgumentException(file + " holds no certificate with a private key");
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          file + " cannot be read as PKCS#12 with the given password", e);
    }
  }

  /** Names the certificate; private keys are not shown. */
  @Override
  public String toString() {
    return "CertificateKey[" + certificate.getSubjectX500Principal() + "]";
  }
}
