package io.sharedredis.netty;

import static io.sharedredis.netty.ClientFrames.BINARY;
import static io.sharedredis.netty.ClientFrames.CLOSE;
import static io.sharedredis.netty.ClientFrames.FIN;
import static io.sharedredis.netty.ClientFrames.PING;
import static io.sharedredis.netty.ClientFrames.TEXT;
import static io.sharedredis.netty.ClientFrames.frame;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The reader of WebSocket frames: payload, pings and the close frame, or the close code for what is
 * none; the same however the bytes are cut, and never more room than bytes.
 */
class FrameFuzzTest {
  private static final int MASK = 0x01020304;

  private static final class Seen implements FrameReader.Receiver {
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private final StringBuilder signals = new StringBuilder();
    private byte[] room = new byte[0];
    private int available;

    @Override
    public void room(int most) {
      assertThat(most).isBetween(0, available);
      room = new byte[most];
    }

    @Override
    public byte[] array() {
      return room;
    }

    @Override
    public int offset() {
      return 0;
    }

    @Override
    public void received(int length) {
      data.write(room, 0, length);
    }

    @Override
    public void ping(byte[] payload) {
      assertThat(payload.length).isLessThanOrEqualTo(125);
      signals.append("ping ").append(HexFormat.of().formatHex(payload)).append(' ');
    }

    @Override
    public void closed() {
      signals.append("closed ");
    }

    String all() {
      return signals + HexFormat.of().formatHex(data.toByteArray());
    }
  }

  /** First byte: length of the pieces, 0 for one piece. */
  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void frames(byte[] input) {
    if (input.length < 2) {
      return;
    }
    Seen whole = new Seen();
    int wholeCode = read(input, 1, input.length - 1, whole);
    int piece = Math.max(1, input[0] & 0xff);
    Seen pieces = new Seen();
    int code = read(input, 1, piece, pieces);
    assertThat(code).isEqualTo(wholeCode);
    if (code == 0) {
      assertThat(pieces.all()).isEqualTo(whole.all());
    } else {
      assertThat(code).isIn(WebSocketException.PROTOCOL_ERROR, WebSocketException.INVALID_TEXT);
    }
  }

  /** The close code of a fault, 0 when there is none. */
  private static int read(byte[] input, int from, int piece, Seen seen) {
    FrameReader reader = new FrameReader();
    try {
      for (int at = from; at < input.length; at += piece) {
        int length = Math.min(piece, input.length - at);
        seen.available = length;
        reader.read(Unpooled.wrappedBuffer(input, at, length), seen);
      }
      return 0;
    } catch (WebSocketException e) {
      assertThat(e.fault()).isNotEmpty();
      return e.code();
    }
  }

  static Stream<byte[]> frames() {
    byte[] text = "{\"type\":6}\u001e".getBytes(StandardCharsets.UTF_8);
    return Stream.of(
            frame(FIN | TEXT, text, MASK),
            frame(TEXT, text, MASK),
            frame(FIN | BINARY, new byte[200], MASK),
            frame(FIN | PING, new byte[] {1, 2}, MASK),
            frame(FIN | CLOSE, new byte[] {3, (byte) 0xe8}, MASK),
            frame(FIN | TEXT, "Grüße 🙂".getBytes(StandardCharsets.UTF_8), MASK),
            // A length of eight bytes with nothing behind it.
            HexFormat.of().parseHex("82ff7fffffffffffffff01020304"))
        .map(
            bytes -> {
              byte[] input = new byte[bytes.length + 1];
              input[0] = 3;
              System.arraycopy(bytes, 0, input, 1, bytes.length);
              return input;
            });
  }
}
