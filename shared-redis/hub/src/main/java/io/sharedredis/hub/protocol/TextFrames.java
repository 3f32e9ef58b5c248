package io.sharedredis.hub.protocol;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Frames of the JSON protocol and of every handshake: text ended by the record separator. */
final class TextFrames {

  /** ASCII record separator; inside JSON strings it is always escaped. */
  static final byte SEPARATOR = 0x1E;

  private TextFrames() {}

  static byte @Nullable [] next(ByteBuffer input, int maxBytes) {
    int start = input.position();
    int window = Math.min(input.remaining(), maxBytes);
    for (int i = 0; i < window; i++) {
      if (input.get(start + i) == SEPARATOR) {
        byte[] frame = new byte[i];
        input.get(frame);
        input.get();
        return frame;
      }
    }
    if (input.remaining() >= maxBytes) {
      throw FrameLimits.exceeded(maxBytes);
    }
    return null;
  }
}
