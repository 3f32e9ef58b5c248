package io.sharedredis.dataprotection.crypto;

import java.security.MessageDigest;
import java.util.Arrays;

/**
 * What a key derivation hashes, put together in an array that is used again; nothing of it is
 * secret. Not thread-safe.
 */
final class LabelBuffer {
  /** Bytes that are kept for the next use: nearly every chain of purposes fits. */
  private static final int KEPT = 512;

  private byte[] bytes = new byte[KEPT];
  private int length;

  /** Forgets what was put together, and an array that one long chain has made too large. */
  void begin() {
    length = 0;
    if (bytes.length > KEPT) {
      bytes = new byte[KEPT];
    }
  }

  void octet(int value) {
    room(1);
    bytes[length++] = (byte) value;
  }

  void u32(int value) {
    room(Integer.BYTES);
    length += Integer.BYTES;
    putU32(length - Integer.BYTES, value);
  }

  /** Replaces four bytes by a number in big-endian order. */
  void putU32(int at, int value) {
    bytes[at] = (byte) (value >>> 24);
    bytes[at + 1] = (byte) (value >>> 16);
    bytes[at + 2] = (byte) (value >>> 8);
    bytes[at + 3] = (byte) value;
  }

  void bytes(byte[] source, int offset, int count) {
    room(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  /** A purpose as {@link PurposeChain#label} has it: its length in UTF-8 as LEB128, then itself. */
  void purpose(String text) {
    if (isAscii(text)) {
      leb128(text.length());
      room(text.length());
      for (int i = 0; i < text.length(); i++) {
        bytes[length++] = (byte) text.charAt(i);
      }
    } else {
      byte[] encoded = StrictUtf8.encode(text);
      leb128(encoded.length);
      bytes(encoded, 0, encoded.length);
    }
  }

  void hashInto(MessageDigest digest) {
    digest.update(bytes, 0, length);
  }

  /** What was put together. */
  byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  private void leb128(int value) {
    int rest = value;
    while (rest > 0x7f) {
      octet((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    octet(rest);
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) > 0x7f) {
        return false;
      }
    }
    return true;
  }

  private void room(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}
