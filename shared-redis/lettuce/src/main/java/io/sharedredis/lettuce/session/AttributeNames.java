package io.sharedredis.lettuce.session;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Names of attributes as text: every session has the same few, so that the text of one is kept for
 * the next. Bounded; thread-safe.
 */
final class AttributeNames {

  /** Names that are kept, a power of two: more than an application has. */
  private static final int KEPT = 256;

  /** Characters up to which a name is kept. */
  private static final int LONGEST = 128;

  private static final AtomicReferenceArray<@Nullable String> NAMES =
      new AtomicReferenceArray<>(KEPT);

  private AttributeNames() {}

  /** The text from {@code begin} to the end of the buffer, which is not kept. */
  static String text(ByteBuffer bytes, int begin) {
    int length = bytes.limit() - begin;
    if (length > LONGEST) {
      return decode(bytes, begin);
    }
    int hash = length;
    for (int i = begin; i < bytes.limit(); i++) {
      hash = 31 * hash + bytes.get(i);
    }
    int slot = (hash ^ hash >>> 16) & KEPT - 1;
    String known = NAMES.get(slot);
    if (known != null && isAscii(known, bytes, begin)) {
      return known;
    }
    String name = decode(bytes, begin);
    NAMES.set(slot, name);
    return name;
  }

  /** Whether it is this text, all of ASCII; other text is decoded each time. */
  private static boolean isAscii(String text, ByteBuffer bytes, int begin) {
    if (text.length() != bytes.limit() - begin) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes.get(begin + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static String decode(ByteBuffer bytes, int begin) {
    byte[] text = new byte[bytes.limit() - begin];
    bytes.get(begin, text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
