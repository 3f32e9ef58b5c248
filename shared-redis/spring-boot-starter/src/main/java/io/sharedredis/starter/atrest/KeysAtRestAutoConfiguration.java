package io.sharedredis.starter.atrest;

import io.sharedredis.dataprotection.atrest.CertificateDecryptor;
import io.sharedredis.dataprotection.atrest.CertificateEncryptor;
import io.sharedredis.dataprotection.atrest.CertificateKey;
import io.sharedredis.dataprotection.keyring.EntryAuthentication;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import io.sharedredis.starter.DataProtectionCustomizer;
import io.sharedredis.starter.InvalidSettingException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/** Encryption and authentication of the ring's entries, where settings ask for it. */
@AutoConfiguration(before = DataProtectionAutoConfiguration.class)
@EnableConfigurationProperties(KeysAtRestProperties.class)
public class KeysAtRestAutoConfiguration {

  private static final String PREFIX = "shared-redis.data-protection.";

  /** First of all: modules and applications that come later win. */
  @Bean
  @Order(0)
  DataProtectionCustomizer keysAtRest(KeysAtRestProperties properties) {
    SecureRandom random = new SecureRandom();
    List<CertificateKey> certificates = certificates(properties);
    EntryAuthentication entries = entries(properties);
    return options -> {
      options
          .autoGenerateKeys(properties.autoGenerateKeys())
          .requireEncryptedKeys(properties.requireEncryptedKeys());
      if (!certificates.isEmpty()) {
        options.secretEncryptor(encryptor(certificates.get(0), random));
        options.addSecretDecryptor(new CertificateDecryptor(certificates, random));
      }
      if (entries != null) {
        options.entryAuthentication(entries);
      }
    };
  }

  private static CertificateEncryptor encryptor(CertificateKey first, SecureRandom random) {
    try {
      return new CertificateEncryptor(first.certificate(), random);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(
          PREFIX + "certificates[0].file",
          first,
          "cannot encrypt: " + e.getMessage(),
          "Give a certificate with an RSA key.");
    }
  }

  private static List<CertificateKey> certificates(KeysAtRestProperties properties) {
    List<CertificateKey> opened = new ArrayList<>();
    for (int i = 0; i < properties.certificates().size(); i++) {
      KeysAtRestProperties.Certificate certificate = properties.certificates().get(i);
      String name = PREFIX + "certificates[" + i + "]";
      char[] password =
          certificate.passwordFile() == null
              ? (certificate.password() == null ? "" : certificate.password()).toCharArray()
              : SecretFiles.text(name + ".password-file", certificate.passwordFile());
      try {
        opened.add(CertificateKey.fromPkcs12(certificate.file(), password));
      } catch (IllegalArgumentException e) {
        throw new InvalidSettingException(
            name + ".file",
            certificate.file(),
            "cannot be used: " + e.getMessage(),
            "Give a PKCS#12 file with a certificate and its key, and its password.");
      }
    }
    return opened;
  }

  private static @Nullable EntryAuthentication entries(KeysAtRestProperties properties) {
    if (properties.entrySecretFile() == null) {
      return null;
    }
    String name = PREFIX + "entry-secret-file";
    byte[] secret = SecretFiles.bytes(name, properties.entrySecretFile());
    try {
      return new EntryAuthentication(secret);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(
          name,
          properties.entrySecretFile(),
          "holds " + secret.length + " bytes",
          "Write at least " + EntryAuthentication.MIN_SECRET_BYTES + " random bytes into it.");
    }
  }
}
