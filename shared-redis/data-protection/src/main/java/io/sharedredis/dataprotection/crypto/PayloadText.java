package io.sharedredis.dataprotection.crypto;

import io.sharedredis.dataprotection.DataProtectionException;
import java.util.Arrays;
import java.util.Base64;

/**
 * The text form of a payload: base64url without padding when written, and read as ASP.NET Core 10
 * reads it.
 *
 * <p>Reading skips blank, tab, CR and LF anywhere. The first of {@code + / - _} decides the
 * alphabet. With {@code -}, {@code _} or none of the four: base64url, padding may be missing in
 * part or whole, bits that carry nothing must be zero. With {@code +} or {@code /}: base64, padding
 * required, bits that carry nothing are ignored.
 */
public final class PayloadText {
  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

  private PayloadText() {}

  public static String encode(byte[] payload) {
    return ENCODER.encodeToString(payload);
  }

  /**
   * @throws DataProtectionException if the text is of neither form
   */
  public static byte[] decode(String text) {
    char[] digits = new char[text.length()];
    int count = 0;
    int padding = 0;
    boolean standard = false;
    boolean decided = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        continue;
      }
      if (c == '=') {
        padding++;
        continue;
      }
      boolean plusOrSlash = c == '+' || c == '/';
      if (plusOrSlash || c == '-' || c == '_') {
        if (decided && standard != plusOrSlash) {
          throw malformed();
        }
        decided = true;
        standard = plusOrSlash;
      }
      if (padding > 0 || value(c) < 0) {
        throw malformed();
      }
      digits[count++] = c;
    }
    int missing = (4 - count % 4) % 4;
    if (missing == 3 || (standard ? padding != missing : padding > missing)) {
      throw malformed();
    }
    return bytes(digits, count, standard);
  }

  private static byte[] bytes(char[] digits, int count, boolean standard) {
    byte[] out = new byte[(int) (count * 6L / 8)];
    int written = 0;
    int bits = 0;
    int held = 0;
    for (int i = 0; i < count; i++) {
      held = (held << 6) | value(digits[i]);
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        out[written++] = (byte) (held >>> bits);
        held &= (1 << bits) - 1;
      }
    }
    if (held != 0 && !standard) {
      Arrays.fill(out, (byte) 0);
      throw malformed();
    }
    return out;
  }

  private static int value(char c) {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    }
    return switch (c) {
      case '+', '-' -> 62;
      case '/', '_' -> 63;
      default -> -1;
    };
  }

  private static DataProtectionException malformed() {
    return new DataProtectionException("the text is not base64url");
  }
}
