package io.sharedredis.benchmarks.measure;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** WebSocket frames as a client of a load test sends and counts them; contents are not read. */
public final class ClientFrames {
  /** Every frame is a message. */
  public static final int WHOLE = -1;

  private final int end;
  private long frameLeft;
  private int headerLeft = 2;
  private int headerSeen;
  private long length;

  /**
   * @param end the byte that ends a message, or {@link #WHOLE}
   */
  public ClientFrames(int end) {
    this.end = end;
  }

  /** How many messages end in what was read from the socket. */
  public int ended(byte[] bytes, int count) {
    int messages = 0;
    int at = 0;
    while (at < count) {
      if (frameLeft == 0 && headerLeft > 0) {
        header(bytes[at++] & 0xff);
        continue;
      }
      int payload = (int) Math.min(frameLeft, count - at);
      if (end != WHOLE) {
        for (int i = at; i < at + payload; i++) {
          if (bytes[i] == end) {
            messages++;
          }
        }
      }
      at += payload;
      frameLeft -= payload;
      if (frameLeft == 0) {
        messages += end == WHOLE ? 1 : 0;
        headerLeft = 2;
        headerSeen = 0;
      }
    }
    return messages;
  }

  private void header(int next) {
    int seen = headerSeen++;
    headerLeft--;
    if (seen == 1) {
      length = 0;
      if (next < 126) {
        frameLeft = next;
      } else {
        headerLeft = next == 126 ? 2 : 8;
      }
    } else if (seen > 1) {
      length = length << 8 | next;
      if (headerLeft == 0) {
        frameLeft = length;
      }
    }
    if (headerLeft == 0 && frameLeft == 0) {
      headerLeft = 2;
      headerSeen = 0;
    }
  }

  /** A text frame of at most 65,535 bytes. */
  public static byte[] text(byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(payload.length + 8).put((byte) 0x81);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    }
    frame.putInt(0x5a5a5a5a);
    for (byte one : payload) {
      frame.put((byte) (one ^ 0x5a));
    }
    return Arrays.copyOf(frame.array(), frame.position());
  }
}
