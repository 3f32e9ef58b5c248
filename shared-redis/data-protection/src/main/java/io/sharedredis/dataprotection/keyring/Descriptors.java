package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.crypto.CipherSuite;
import io.sharedredis.dataprotection.crypto.HashAlgorithm;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.util.List;
import java.util.Map;
import org.w3c.dom.Element;

/**
 * The four kinds of descriptor that ASP.NET Core writes, each named by the .NET class that reads
 * it. The name selects one of these; anything else is refused.
 */
enum Descriptors {
  GENERAL("AuthenticatedEncryptorDescriptorDeserializer") {
    @Override
    CipherSuite suite(Element descriptor) {
      int cipher = member(CIPHERS, required(child(descriptor, "encryption"), "algorithm"));
      if (cipher >= GCM_FROM) {
        return CipherSuite.gcm(bits(cipher - GCM_FROM));
      }
      int hash = member(HASHES, required(child(descriptor, "validation"), "algorithm"));
      return CipherSuite.cbc(bits(cipher), hash == 0 ? HashAlgorithm.SHA256 : HashAlgorithm.SHA512);
    }
  },
  MANAGED("ManagedAuthenticatedEncryptorDescriptorDeserializer") {
    @Override
    CipherSuite suite(Element descriptor) {
      Element encryption = child(descriptor, "encryption");
      String cipher = DotNetTypeName.typeOf(required(encryption, "algorithm"));
      if (!cipher.equals("Aes") && !cipher.equals(CRYPTOGRAPHY + "Aes")) {
        throw new DataProtectionException("a managed cipher other than Aes");
      }
      String hash = DotNetTypeName.typeOf(required(child(descriptor, "validation"), "algorithm"));
      return CipherSuite.cbc(keyLength(encryption), managedHash(hash));
    }
  },
  CNG_CBC("CngCbcAuthenticatedEncryptorDescriptorDeserializer") {
    @Override
    CipherSuite suite(Element descriptor) {
      Element encryption = child(descriptor, "encryption");
      requireAes(encryption);
      String hash = required(child(descriptor, "hash"), "algorithm");
      return CipherSuite.cbc(keyLength(encryption), managedHash("HMAC" + hash));
    }
  },
  CNG_GCM("CngGcmAuthenticatedEncryptorDescriptorDeserializer") {
    @Override
    CipherSuite suite(Element descriptor) {
      Element encryption = child(descriptor, "encryption");
      requireAes(encryption);
      return CipherSuite.gcm(keyLength(encryption));
    }
  };

  private static final String NAMESPACE =
      "Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel.";
  private static final String CRYPTOGRAPHY = "System.Security.Cryptography.";

  /** Members of .NET's enumerations in the order of their numbers, which may stand for them. */
  private static final List<String> CIPHERS =
      List.of(
          "AES_128_CBC", "AES_192_CBC", "AES_256_CBC", "AES_128_GCM", "AES_192_GCM", "AES_256_GCM");

  private static final List<String> HASHES = List.of("HMACSHA256", "HMACSHA512");
  private static final int GCM_FROM = 3;

  private static final Map<String, HashAlgorithm> MANAGED_HASHES =
      Map.of(
          "HMACMD5", HashAlgorithm.MD5,
          "HMACSHA1", HashAlgorithm.SHA1,
          "HMACSHA256", HashAlgorithm.SHA256,
          "HMACSHA384", HashAlgorithm.SHA384,
          "HMACSHA512", HashAlgorithm.SHA512);

  private final String simpleName;

  Descriptors(String simpleName) {
    this.simpleName = simpleName;
  }

  /** The algorithms that the inner descriptor element names. */
  abstract CipherSuite suite(Element descriptor);

  /** The kind that {@code deserializerType} names. */
  static Descriptors named(String deserializerType) {
    String type = DotNetTypeName.dataProtectionType(deserializerType);
    for (Descriptors kind : values()) {
      if (type.equals(NAMESPACE + kind.simpleName)) {
        return kind;
      }
    }
    throw new DataProtectionException("an unknown kind of descriptor");
  }

  /** The full name under which a new key of the general kind is stored. */
  static String generalTypeName() {
    return DotNetTypeName.qualified(NAMESPACE + GENERAL.simpleName);
  }

  private static HashAlgorithm managedHash(String name) {
    String simple = name.startsWith(CRYPTOGRAPHY) ? name.substring(CRYPTOGRAPHY.length()) : name;
    HashAlgorithm hash = MANAGED_HASHES.get(simple);
    // .NET has short names for all but MD5, which must be spelled out.
    if (hash == null || (hash == HashAlgorithm.MD5 && simple.equals(name))) {
      throw new DataProtectionException("an unknown hash algorithm");
    }
    return hash;
  }

  private static void requireAes(Element encryption) {
    if (!required(encryption, "algorithm").equals("AES")) {
      throw new DataProtectionException("a cipher other than AES");
    }
  }

  private static int keyLength(Element encryption) {
    try {
      return Integer.parseInt(required(encryption, "keyLength").strip());
    } catch (NumberFormatException e) {
      throw new DataProtectionException("keyLength is not a number");
    }
  }

  private static int bits(int index) {
    return 128 + 64 * index;
  }

  private static int member(List<String> names, String value) {
    String trimmed = value.strip();
    int index = names.indexOf(trimmed);
    if (index < 0 && trimmed.length() == 1 && Character.digit(trimmed.charAt(0), 10) >= 0) {
      index = Character.digit(trimmed.charAt(0), 10);
    }
    if (index < 0 || index >= names.size()) {
      throw new DataProtectionException("an unknown algorithm");
    }
    return index;
  }

  private static Element child(Element parent, String name) {
    Element child = HardenedXml.child(parent, name);
    if (child == null) {
      throw new DataProtectionException("the descriptor has no " + name);
    }
    return child;
  }

  private static String required(Element element, String attribute) {
    String value = HardenedXml.attribute(element, attribute);
    if (value == null) {
      throw new DataProtectionException(element.getLocalName() + " has no " + attribute);
    }
    return value;
  }
}
