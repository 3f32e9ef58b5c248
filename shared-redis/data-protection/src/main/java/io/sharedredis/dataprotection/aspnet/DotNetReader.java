package io.sharedredis.dataprotection.aspnet;

import io.sharedredis.dataprotection.DataProtectionException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads what a .NET {@code BinaryWriter} wrote: little-endian numbers, strings as UTF-8 behind a
 * length of seven bits a byte. Every failure is a {@link DataProtectionException}. Not thread-safe.
 */
public final class DotNetReader {
  private final ByteBuffer bytes;

  public DotNetReader(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  public int int32() {
    need(Integer.BYTES);
    return bytes.getInt();
  }

  public long int64() {
    need(Long.BYTES);
    return bytes.getLong();
  }

  public int uint8() {
    need(1);
    return bytes.get() & 0xff;
  }

  /** Any byte but zero is true. */
  public boolean bool() {
    return uint8() != 0;
  }

  public byte[] bytes(int count) {
    need(count);
    byte[] read = new byte[count];
    bytes.get(read);
    return read;
  }

  /** Broken UTF-8 is replaced, as .NET does; a length longer than needed is read. */
  public String string() {
    int length = length();
    need(length);
    String text =
        new String(
            bytes.array(), bytes.arrayOffset() + bytes.position(), length, StandardCharsets.UTF_8);
    bytes.position(bytes.position() + length);
    return text;
  }

  public boolean atEnd() {
    return !bytes.hasRemaining();
  }

  private int length() {
    int length = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int next = uint8();
      if (shift == 28 && next > 0x0f) {
        throw malformed();
      }
      length |= (next & 0x7f) << shift;
      if (next < 0x80) {
        if (length < 0) {
          throw malformed();
        }
        return length;
      }
    }
    throw malformed();
  }

  private void need(int count) {
    if (count < 0 || bytes.remaining() < count) {
      throw malformed();
    }
  }

  private static DataProtectionException malformed() {
    return new DataProtectionException("the protected content is cut or malformed");
  }
}
