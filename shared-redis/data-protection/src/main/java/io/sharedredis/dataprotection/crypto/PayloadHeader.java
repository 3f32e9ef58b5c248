package io.sharedredis.dataprotection.crypto;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The first 20 bytes of every protected payload: {@code 09 F0 C9 F0} (28 bits of magic, then the
 * format version 0 in the low four bits), then the key id in .NET byte order.
 */
public final class PayloadHeader {
  /** Bytes before the part that the algorithm defines. */
  public static final int LENGTH = 4 + KeyIdBytes.LENGTH;

  private static final int MAGIC = 0x09F0C9F0;
  private static final int MAGIC_MASK = 0xFFFFFFF0;

  private PayloadHeader() {}

  /** What the first bytes of a payload say. */
  public enum Verdict {
    OK,
    NOT_OURS,
    NEWER_VERSION
  }

  public static Verdict judge(byte[] payload) {
    return judge(payload, 0);
  }

  /** The same for a payload that begins within the array. */
  public static Verdict judge(byte[] payload, int from) {
    if (payload.length - from < LENGTH) {
      return Verdict.NOT_OURS;
    }
    int word = ByteBuffer.wrap(payload).getInt(from);
    if ((word & MAGIC_MASK) != MAGIC) {
      return Verdict.NOT_OURS;
    }
    return word == MAGIC ? Verdict.OK : Verdict.NEWER_VERSION;
  }

  public static UUID keyId(byte[] payload) {
    return keyId(payload, 0);
  }

  /** The same for a payload that begins within the array. */
  public static UUID keyId(byte[] payload, int from) {
    return KeyIdBytes.get(payload, from + 4);
  }

  static byte[] of(UUID keyId) {
    byte[] header = new byte[LENGTH];
    ByteBuffer.wrap(header).putInt(MAGIC);
    KeyIdBytes.put(keyId, header, 4);
    return header;
  }
}
