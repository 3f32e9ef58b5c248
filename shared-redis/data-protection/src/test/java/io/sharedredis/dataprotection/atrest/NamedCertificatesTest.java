package io.sharedredis.dataprotection.atrest;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Operators are told which certificate opens a key. */
class NamedCertificatesTest {
  private final X509Certificate first = Interop.certificate("rsa2048").certificate();
  private final X509Certificate second = Interop.certificate("rsa4096").certificate();

  @Test
  void eachCertificateIsNamedBySubjectAndThumbprintInItsOrder() throws Exception {
    String both = "<key>" + encryptedFor(first) + encryptedFor(second) + "</key>";
    assertThat(NamedCertificates.in(HardenedXml.parse(both)))
        .containsExactly(named(first), named(second));
  }

  @Test
  void whatIsNoCertificateIsLeftOutAndHidesNoOther() throws Exception {
    String broken =
        encryptedFor(first).replaceAll("(<(\\w+:)?X509Certificate[^>]*>)[^<]+", "$1AAAA");
    String foreign = "<X509Certificate>AAAA</X509Certificate>";
    String xml = "<key>" + broken + foreign + encryptedFor(second) + "</key>";
    assertThat(NamedCertificates.in(HardenedXml.parse(xml))).containsExactly(named(second));
    assertThat(NamedCertificates.in(HardenedXml.parse("<key/>"))).isEmpty();
  }

  @Test
  void onlyDotNetsXmlEncryptionNamesWhoOpensIt() {
    assertThat(NamedCertificates.isDecryptedByThem(XmlEncryption.DECRYPTOR)).isTrue();
    assertThat(NamedCertificates.isDecryptedByThem("Some.Other, Decryptor")).isFalse();
  }

  private static String encryptedFor(X509Certificate certificate) {
    return new CertificateEncryptor(certificate, new SecureRandom()).encrypt("<a/>").xml();
  }

  private static String named(X509Certificate certificate) throws Exception {
    byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded());
    return certificate.getSubjectX500Principal().getName()
        + " (SHA-1 "
        + HexFormat.of().withUpperCase().formatHex(sha1)
        + ")";
  }
}
