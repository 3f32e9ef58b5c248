package io.sharedredis.hub.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Frames of binary protocols: the length in 1 to 5 bytes of 7 bits, low bits first, the high bit
 * saying that more follow; then the content.
 */
final class VarIntFrames {
  private static final int LONGEST_PREFIX = 5;

  private VarIntFrames() {}

  static byte @Nullable [] next(ByteBuffer input, int maxBytes) {
    int start = input.position();
    int length = 0;
    int prefix = 0;
    byte part;
    do {
      if (prefix == input.remaining()) {
        return null;
      }
      part = input.get(start + prefix);
      // The fifth byte has room for three bits of a 31-bit length.
      if (prefix == LONGEST_PREFIX - 1 && (part & 0xFF) > 7) {
        throw new ProtocolException("Messages over 2GB in size are not supported.");
      }
      length |= (part & 0x7F) << (7 * prefix);
      prefix++;
    } while ((part & 0x80) != 0);
    if (maxBytes != Integer.MAX_VALUE && (long) length + prefix > maxBytes) {
      throw FrameLimits.exceeded(maxBytes);
    }
    if (input.remaining() - prefix < length) {
      return null;
    }
    byte[] frame = new byte[length];
    input.position(start + prefix);
    input.get(frame);
    return frame;
  }

  static byte[] frame(byte[] content) {
    int prefix = 1;
    for (int rest = content.length >>> 7; rest != 0; rest >>>= 7) {
      prefix++;
    }
    byte[] framed = new byte[prefix + content.length];
    int rest = content.length;
    for (int i = 0; i < prefix; i++) {
      framed[i] = (byte) (rest & 0x7F | (i < prefix - 1 ? 0x80 : 0));
      rest >>>= 7;
    }
    System.arraycopy(content, 0, framed, prefix, content.length);
    return framed;
  }
}
