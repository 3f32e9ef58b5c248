package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.atrest.SecretDecryptor;
import io.sharedredis.dataprotection.crypto.CipherSuite;
import io.sharedredis.dataprotection.crypto.KeyMaterial;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Opens the secret of a key element: decrypts what is encrypted, reads algorithms and master key.
 */
final class SecretOpener {
  /** Stands for "not encrypted": the secret itself lies inside the wrapper. */
  private static final String NULL_DECRYPTOR =
      "Microsoft.AspNetCore.DataProtection.XmlEncryption.NullXmlDecryptor";

  /** End of the names of the .NET classes that an optional module stands for, old and new. */
  private static final String KEY_VAULT_DECRYPTOR = ".AzureKeyVaultXmlDecryptor";

  private final List<SecretDecryptor> decryptors;
  private final SecureRandom random;

  SecretOpener(List<SecretDecryptor> decryptors, SecureRandom random) {
    this.decryptors = List.copyOf(decryptors);
    this.random = random;
  }

  KeyMaterial open(String keyXml) {
    Element descriptor = HardenedXml.child(HardenedXml.parse(keyXml), "descriptor");
    String type = descriptor == null ? null : HardenedXml.attribute(descriptor, "deserializerType");
    if (descriptor == null || type == null) {
      throw new DataProtectionException("the key has no descriptor that names its kind");
    }
    Descriptors kind = Descriptors.named(type);
    Element inner = decrypted(HardenedXml.onlyChild(descriptor));
    CipherSuite suite = kind.suite(inner);
    byte[] masterKey = masterKey(inner);
    try {
      return new KeyMaterial(suite, masterKey, random);
    } finally {
      Arrays.fill(masterKey, (byte) 0);
    }
  }

  /** What a key that is encrypted is encrypted with, or null if it is not, as below. */
  static @Nullable String decryptorOf(Element key) {
    return isEncrypted(key) ? usedIn(key).stream().findFirst().orElse(null) : null;
  }

  /**
   * Whether what {@link #open(String)} reads of the key is encrypted at rest for real. Whoever may
   * write to the store can put an encrypted part anywhere else, so that one proves nothing; and a
   * key in which a secret lies readable, wherever it lies, is not encrypted.
   */
  static boolean isEncrypted(Element key) {
    return !usedIn(key).isEmpty()
        && !holdsMasterKey(key)
        && secretsIn(key).stream().allMatch(secret -> realDecryptor(secret) != null);
  }

  /** The decryptors that opening the key uses: of the descriptor's content or of parts of it. */
  private static List<String> usedIn(Element key) {
    Element descriptor = HardenedXml.child(key, "descriptor");
    List<Element> content = descriptor == null ? List.of() : HardenedXml.children(descriptor);
    if (descriptor == null || content.size() != 1) {
      return List.of();
    }
    return (isSecret(content.get(0)) ? content : secretsIn(content.get(0)))
        .stream()
            .map(SecretOpener::realDecryptor)
            .filter(Objects::nonNull)
            .map(DotNetTypeName::currentTypeOf)
            .toList();
  }

  /** The name of what decrypts the secret, or null if it lies there readable. */
  private static @Nullable String realDecryptor(Element secret) {
    String type = HardenedXml.attribute(secret, "decryptorType");
    return type == null || isNullDecryptor(type) ? null : type;
  }

  private static boolean holdsMasterKey(Element element) {
    return HardenedXml.children(element).stream()
        .anyMatch(child -> "masterKey".equals(child.getLocalName()) || holdsMasterKey(child));
  }

  /**
   * Why nothing configured here opens a secret of the key, or null: seen without opening anything,
   * so that a ring is reported when it is read.
   */
  @Nullable String missing(Element key) {
    for (Element secret : secretsIn(key)) {
      String type = HardenedXml.attribute(secret, "decryptorType");
      if (type != null && !isNullDecryptor(type) && decryptor(type) == null) {
        return noDecryptor(type).getMessage();
      }
    }
    return null;
  }

  private Element decrypted(Element inner) {
    if (isSecret(inner)) {
      return open(inner);
    }
    // Collected before the first is replaced: what comes out of one is not opened again.
    for (Element secret : secretsIn(inner)) {
      Element opened = open(secret);
      Node parent = secret.getParentNode();
      parent.replaceChild(secret.getOwnerDocument().importNode(opened, true), secret);
    }
    return inner;
  }

  private Element open(Element secret) {
    String type = HardenedXml.attribute(secret, "decryptorType");
    if (type == null) {
      throw new DataProtectionException("an encrypted secret names no decryptor");
    }
    Element content = HardenedXml.onlyChild(secret);
    if (isNullDecryptor(type)) {
      return HardenedXml.onlyChild(content);
    }
    SecretDecryptor decryptor = decryptor(type);
    if (decryptor == null) {
      throw noDecryptor(type);
    }
    String opened = Extensions.ask("secret decryptor", () -> decryptor.decrypt(content));
    return HardenedXml.firstElement(opened);
  }

  private @Nullable SecretDecryptor decryptor(String type) {
    String name = DotNetTypeName.currentTypeOf(type);
    for (SecretDecryptor decryptor : decryptors) {
      if (Extensions.ask("secret decryptor", () -> decryptor.handles(name))) {
        return decryptor;
      }
    }
    return null;
  }

  private static DataProtectionException noDecryptor(String type) {
    return new DataProtectionException(
        DotNetTypeName.currentTypeOf(type).endsWith(KEY_VAULT_DECRYPTOR)
            ? "its secret is wrapped by Azure Key Vault; add the module shared-redis-azure and name"
                + " the vault's key in its settings"
            : "nothing configured here decrypts secrets of its kind");
  }

  private static boolean isNullDecryptor(String type) {
    try {
      return DotNetTypeName.dataProtectionType(type).equals(NULL_DECRYPTOR);
    } catch (DataProtectionException e) {
      return false;
    }
  }

  private static List<Element> secretsIn(Element element) {
    List<Element> secrets = new ArrayList<>();
    for (Element child : HardenedXml.children(element)) {
      if (isSecret(child)) {
        secrets.add(child);
      }
      secrets.addAll(secretsIn(child));
    }
    return secrets;
  }

  private static boolean isSecret(Element element) {
    return HardenedXml.isNamed(element, KeyElements.NAMESPACE, "encryptedSecret");
  }

  private static byte[] masterKey(Element descriptor) {
    List<Element> elements =
        HardenedXml.children(descriptor).stream()
            .filter(child -> HardenedXml.isNamed(child, null, "masterKey"))
            .toList();
    if (elements.size() != 1) {
      throw new DataProtectionException("the key has " + elements.size() + " secrets, not one");
    }
    String base64 = HardenedXml.text(elements.get(0)).replaceAll("[ \t\r\n]", "");
    if (base64.length() % 4 != 0) {
      throw new DataProtectionException("the secret is not base64");
    }
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new DataProtectionException("the secret is not base64");
    }
  }
}
