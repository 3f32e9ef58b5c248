package io.sharedredis.dataprotection.aspnet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes as a .NET {@code BinaryWriter} does; see {@link DotNetReader}. Not thread-safe. */
public final class DotNetWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

  public DotNetWriter int32(int value) {
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  public DotNetWriter int64(long value) {
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  public DotNetWriter uint8(int value) {
    out.write(value);
    return this;
  }

  public DotNetWriter bool(boolean value) {
    return uint8(value ? 1 : 0);
  }

  public DotNetWriter bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /** An unpaired surrogate becomes U+FFFD. */
  public DotNetWriter string(String text) {
    byte[] utf8 = wellFormed(text).getBytes(StandardCharsets.UTF_8);
    int rest = utf8.length;
    while (rest > 0x7f) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
    out.writeBytes(utf8);
    return this;
  }

  public byte[] toByteArray() {
    return out.toByteArray();
  }

  private static String wellFormed(String text) {
    StringBuilder result = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c ->
                result.appendCodePoint(
                    c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c));
    return result.toString();
  }
}
