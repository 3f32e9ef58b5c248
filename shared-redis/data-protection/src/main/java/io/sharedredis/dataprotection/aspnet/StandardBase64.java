package io.sharedredis.dataprotection.aspnet;

import io.sharedredis.dataprotection.DataProtectionException;
import java.util.Base64;

/** Base64 as .NET's {@code Convert} reads it: padding required, white space passed over. */
public final class StandardBase64 {
  private StandardBase64() {}

  public static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * @throws DataProtectionException if the text is of another form
   */
  public static byte[] decode(String text) {
    String digits = text.replaceAll("[ \t\r\n]", "");
    try {
      if (digits.length() % 4 == 0) {
        return Base64.getDecoder().decode(digits);
      }
    } catch (IllegalArgumentException e) {
      throw new DataProtectionException("the text is not base64");
    }
    throw new DataProtectionException("the text is not base64");
  }
}
