package io.sharedredis.dataprotection.crypto;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Key ids in the byte order of a .NET GUID: the first three groups little-endian, the last two as
 * written. {@code aabbccdd-eeff-gghh-iijj-kkllmmnnoopp} becomes {@code ddccbbaa ffee hhgg iijj
 * kkllmmnnoopp}.
 */
public final class KeyIdBytes {
  /** Bytes of a key id. */
  public static final int LENGTH = 16;

  private KeyIdBytes() {}

  public static void put(UUID id, byte[] target, int offset) {
    ByteBuffer buffer = ByteBuffer.wrap(target, offset, LENGTH);
    buffer.putLong(swap(id.getMostSignificantBits()));
    buffer.putLong(id.getLeastSignificantBits());
  }

  public static UUID get(byte[] source, int offset) {
    ByteBuffer buffer = ByteBuffer.wrap(source, offset, LENGTH);
    return new UUID(swap(buffer.getLong()), buffer.getLong());
  }

  /** Reverses the bytes within the groups of 4, 2 and 2; its own inverse. */
  private static long swap(long high) {
    int first = Integer.reverseBytes((int) (high >>> 32));
    short second = Short.reverseBytes((short) (high >>> 16));
    short third = Short.reverseBytes((short) high);
    return ((long) first << 32) | ((second & 0xffffL) << 16) | (third & 0xffffL);
  }
}
