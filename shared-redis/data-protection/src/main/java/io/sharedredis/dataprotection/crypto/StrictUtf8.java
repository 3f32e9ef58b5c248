package io.sharedredis.dataprotection.crypto;

import io.sharedredis.dataprotection.DataProtectionException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 that refuses what it cannot carry, where Java's own conversions would put a replacement
 * character: two purposes that differ must never become the same bytes.
 */
public final class StrictUtf8 {
  private StrictUtf8() {}

  /**
   * @throws DataProtectionException if the text holds an unpaired surrogate
   */
  public static byte[] encode(String text) {
    if (hasUnpairedSurrogate(text)) {
      throw new DataProtectionException("the text holds an unpaired surrogate");
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * @throws DataProtectionException if the bytes are not well-formed UTF-8
   */
  public static String decode(byte[] bytes, int offset, int length) {
    CharBuffer text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes, offset, length));
    } catch (CharacterCodingException e) {
      throw new DataProtectionException("the plaintext is not UTF-8 text", e);
    }
    return text.toString();
  }

  private static boolean hasUnpairedSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean paired =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!paired) {
          return true;
        }
        i++;
      }
    }
    return false;
  }
}
