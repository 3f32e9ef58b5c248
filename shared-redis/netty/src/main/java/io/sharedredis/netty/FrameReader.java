package io.sharedredis.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Takes apart the frames of a WebSocket client (RFC 6455 §5), which come in pieces of any length.
 * Payloads are handed on as they come, so a frame of any declared length takes no memory here; the
 * hub protocol bounds its messages. Used on one event loop only.
 */
final class FrameReader {
  private static final int CONTINUATION = 0;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  /** Two bytes, eight of length, four of mask. */
  private static final int LONGEST_HEADER = 14;

  /** Longest payload of a control frame, RFC 6455 §5.5. */
  private static final int LONGEST_CONTROL = 125;

  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  /** What frames bring. */
  interface Receiver {

    /**
     * Room for payload; it is used at once and only there.
     *
     * @param most bytes that can still come of what was read
     */
    void room(int most);

    byte[] array();

    int offset();

    /** So many bytes were put into the room. */
    void received(int length);

    void ping(byte[] payload);

    /** The peer's answer to a ping, or one that nobody asked for. */
    default void pong(byte[] payload) {}

    /** The peer's close frame; nothing after it counts. */
    void closed();
  }

  private final Utf8Check utf8 = new Utf8Check();
  private byte @Nullable [] header;
  private int headerLength;
  private boolean inFrame;
  private boolean lastFrame;
  private int opcode;
  private long left;
  private int mask;

  /** Opcode of the message whose frames come; 0 between messages. */
  private int message;

  private byte @Nullable [] control;
  private boolean over;

  /**
   * Takes what was read.
   *
   * @throws WebSocketException when it is no WebSocket frame
   */
  void read(ByteBuf in, Receiver receiver) {
    while (!over) {
      if (!inFrame && !header(in)) {
        return;
      }
      int length = (int) Math.min(left, in.readableBytes());
      if (length > 0) {
        if (opcode >= CLOSE) {
          control(in, length);
        } else {
          data(in, length, receiver);
        }
        left -= length;
      }
      if (left > 0) {
        return;
      }
      inFrame = false;
      end(receiver);
    }
    in.skipBytes(in.readableBytes());
  }

  private boolean header(ByteBuf in) {
    if (header == null) {
      int available = in.readableBytes();
      if (available >= 2) {
        int length = headerLength(in.getByte(in.readerIndex() + 1));
        if (available >= length) {
          begin(in);
          return true;
        }
      }
      if (available == 0) {
        return false;
      }
      header = new byte[LONGEST_HEADER];
      headerLength = 0;
    }
    byte[] begun = header;
    while (in.isReadable()) {
      begun[headerLength++] = in.readByte();
      if (headerLength >= 2 && headerLength == headerLength(begun[1])) {
        begin(Unpooled.wrappedBuffer(begun, 0, headerLength));
        header = null;
        return true;
      }
    }
    return false;
  }

  private static int headerLength(byte second) {
    int length = second & 0x7f;
    int extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    return 2 + extended + ((second & 0x80) != 0 ? 4 : 0);
  }

  private void begin(ByteBuf in) {
    int first = in.readByte();
    int second = in.readByte();
    lastFrame = (first & 0x80) != 0;
    opcode = first & 0x0f;
    check((first & 0x70) == 0, "a reserved bit is set");
    check((second & 0x80) != 0, "a frame is not masked");
    left = second & 0x7f;
    if (left == 126) {
      left = in.readUnsignedShort();
      check(left > LONGEST_CONTROL, "a length is not written in the shortest form");
    } else if (left == 127) {
      left = in.readLong();
      check(left >> 16 > 0, "a length is negative or not written in the shortest form");
    }
    mask = in.readInt();
    switch (opcode) {
      case CONTINUATION -> check(message != 0, "a continuation frame continues nothing");
      case TEXT, BINARY -> {
        check(message == 0, "a message begins inside another");
        message = opcode;
      }
      case CLOSE, PING, PONG -> {
        check(lastFrame && left <= LONGEST_CONTROL, "a control frame is long or fragmented");
        control = new byte[(int) left];
      }
      default -> check(false, "a frame has an unknown opcode");
    }
    inFrame = true;
  }

  private static void check(boolean holds, String broken) {
    if (!holds) {
      throw new WebSocketException(WebSocketException.PROTOCOL_ERROR, broken);
    }
  }

  private void data(ByteBuf in, int length, Receiver receiver) {
    receiver.room(in.readableBytes());
    byte[] bytes = receiver.array();
    int at = receiver.offset();
    in.readBytes(bytes, at, length);
    boolean ascii = unmask(bytes, at, length);
    if (message == TEXT && !(ascii && utf8.complete()) && !utf8.accept(bytes, at, at + length)) {
      throw new WebSocketException(WebSocketException.INVALID_TEXT, "a text is not UTF-8");
    }
    receiver.received(length);
  }

  private void control(ByteBuf in, int length) {
    byte[] payload = control;
    if (payload != null) {
      int at = payload.length - (int) left;
      in.readBytes(payload, at, length);
      boolean unused = unmask(payload, at, length);
    }
  }

  /** Takes the mask off and turns it for what comes next; whether all bytes are ASCII. */
  private boolean unmask(byte[] bytes, int from, int length) {
    long pattern = mask & 0xffffffffL;
    pattern |= pattern << 32;
    long seen = 0;
    int i = from;
    int end = from + length;
    for (; i + Long.BYTES <= end; i += Long.BYTES) {
      long plain = (long) LONGS.get(bytes, i) ^ pattern;
      LONGS.set(bytes, i, plain);
      seen |= plain;
    }
    for (int shift = 24; i < end; i++, shift -= 8) {
      byte plain = (byte) (bytes[i] ^ mask >>> (shift & 31));
      bytes[i] = plain;
      seen |= plain;
    }
    mask = Integer.rotateLeft(mask, (length & 3) * 8);
    return (seen & HIGH_BITS) == 0;
  }

  private void end(Receiver receiver) {
    byte[] payload = control;
    control = null;
    switch (opcode) {
      case PING -> {
        if (payload != null) {
          receiver.ping(payload);
        }
      }
      case PONG -> {
        if (payload != null) {
          receiver.pong(payload);
        }
      }
      case CLOSE -> {
        over = true;
        if (payload != null) {
          checkClose(payload);
        }
        receiver.closed();
      }
      default -> {
        if (lastFrame) {
          if (message == TEXT && !utf8.complete()) {
            throw new WebSocketException(
                WebSocketException.INVALID_TEXT, "a text ends inside a character");
          }
          message = 0;
        }
      }
    }
  }

  private static void checkClose(byte[] payload) {
    if (payload.length == 0) {
      return;
    }
    check(payload.length > 1, "a close frame has half a code");
    int code = (payload[0] & 0xff) << 8 | payload[1] & 0xff;
    boolean defined = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
    check(defined || code >= 3000 && code <= 4999, "a close frame has a code not to be sent");
    Utf8Check reason = new Utf8Check();
    if (!reason.accept(payload, 2, payload.length) || !reason.complete()) {
      throw new WebSocketException(WebSocketException.INVALID_TEXT, "a reason is not UTF-8");
    }
  }
}
