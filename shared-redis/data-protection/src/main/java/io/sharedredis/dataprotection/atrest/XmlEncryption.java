package io.sharedredis.dataprotection.atrest;

/** Names of W3C XML Encryption and of the .NET class that reads it here. */
final class XmlEncryption {
  static final String DECRYPTOR =
      "Microsoft.AspNetCore.DataProtection.XmlEncryption.EncryptedXmlDecryptor";
  static final String ASSEMBLY =
      ", Microsoft.AspNetCore.DataProtection, Version=10.0.0.0, Culture=neutral,"
          + " PublicKeyToken=adb9793829ddae60";
  static final String XMLENC = "http://www.w3.org/2001/04/xmlenc#";
  static final String XMLDSIG = "http://www.w3.org/2000/09/xmldsig#";
  static final String AES_256_CBC = XMLENC + "aes256-cbc";
  static final String RSA_PKCS1 = XMLENC + "rsa-1_5";
  static final String RSA_OAEP = XMLENC + "rsa-oaep-mgf1p";

  private XmlEncryption() {}
}
