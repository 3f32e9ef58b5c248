package io.sharedredis.dataprotection.atrest;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.w3c.dom.Element;

/** The certificates that an encrypted key names, for people who look for the right one. */
public final class NamedCertificates {
  private NamedCertificates() {}

  /** Whether a secret of that decryptor is encrypted for the certificates that it names. */
  public static boolean isDecryptedByThem(String decryptorType) {
    return decryptorType.equals(XmlEncryption.DECRYPTOR);
  }

  /**
   * Subject and SHA-1 thumbprint, as certificate stores of .NET show it, of each certificate below
   * an element; what is no certificate is left out.
   */
  public static List<String> in(Element element) {
    List<String> found = new ArrayList<>();
    collect(element, found);
    return found;
  }

  private static void collect(Element element, List<String> found) {
    if (HardenedXml.isNamed(element, XmlEncryption.XMLDSIG, "X509Certificate")) {
      try {
        found.add(described(HardenedXml.text(element)));
      } catch (GeneralSecurityException | IllegalArgumentException | DataProtectionException e) {
        return;
      }
    }
    HardenedXml.children(element).forEach(child -> collect(child, found));
  }

  private static String described(String base64) throws GeneralSecurityException {
    byte[] encoded = Base64.getMimeDecoder().decode(base64);
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(encoded));
    byte[] thumbprint = MessageDigest.getInstance("SHA-1").digest(certificate.getEncoded());
    return certificate.getSubjectX500Principal().getName()
        + " (SHA-1 "
        + HexFormat.of().withUpperCase().formatHex(thumbprint)
        + ")";
  }
}
