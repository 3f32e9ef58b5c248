package io.sharedredis.dataprotection.crypto;

/** Four bytes, most significant first. */
final class BigEndian {
  private BigEndian() {}

  static byte[] u32(int value) {
    return new byte[] {
      (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
    };
  }
}
