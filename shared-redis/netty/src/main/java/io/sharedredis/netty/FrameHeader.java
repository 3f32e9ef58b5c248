package io.sharedredis.netty;

import java.nio.ByteBuffer;

/** Headers of a server's frames: never masked, never fragmented (RFC 6455 §5.2). */
final class FrameHeader {
  static final int TEXT = 0x81;
  static final int BINARY = 0x82;
  static final int CLOSE = 0x88;
  static final int PING = 0x89;
  static final int PONG = 0x8a;

  /** Bytes of the longest header. */
  static final int LONGEST = 10;

  private FrameHeader() {}

  static void put(ByteBuffer out, int first, int length) {
    out.put((byte) first);
    if (length < 126) {
      out.put((byte) length);
    } else if (length < 1 << 16) {
      out.put((byte) 126).putShort((short) length);
    } else {
      out.put((byte) 127).putLong(length);
    }
  }
}
