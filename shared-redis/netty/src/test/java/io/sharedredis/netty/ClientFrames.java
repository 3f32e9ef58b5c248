package io.sharedredis.netty;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Writes frames as clients do, right ones and wrong ones. */
final class ClientFrames {
  static final int FIN = 0x80;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private ClientFrames() {}

  static byte[] text(String text) {
    return frame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8), 0x01020304);
  }

  static byte[] close(int code) {
    return frame(FIN | CLOSE, ByteBuffer.allocate(2).putShort((short) code).array(), 7);
  }

  static byte[] frame(int first, byte[] payload, int mask) {
    ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) first);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 65536) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    frame.putInt(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask >>> 24 - 8 * (i % 4)));
    }
    byte[] bytes = new byte[frame.flip().remaining()];
    frame.get(bytes);
    return bytes;
  }

  /** One message in frames of random lengths, with pings between them. */
  static byte[] fragments(Random random, int opcode, byte[] payload, int[] pings) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    int first = opcode;
    while (true) {
      int length = random.nextInt(payload.length - at + 1);
      byte[] part = new byte[length];
      System.arraycopy(payload, at, part, 0, length);
      at += length;
      boolean last = at == payload.length;
      out.writeBytes(frame((last ? FIN : 0) | first, part, random.nextInt()));
      if (last) {
        return out.toByteArray();
      }
      first = 0;
      if (random.nextInt(4) == 0) {
        out.writeBytes(frame(FIN | PING, new byte[random.nextInt(126)], random.nextInt()));
        pings[0]++;
      }
    }
  }
}
