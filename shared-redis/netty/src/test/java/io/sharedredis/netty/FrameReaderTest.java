package io.sharedredis.netty;

import static io.sharedredis.netty.ClientFrames.BINARY;
import static io.sharedredis.netty.ClientFrames.CLOSE;
import static io.sharedredis.netty.ClientFrames.FIN;
import static io.sharedredis.netty.ClientFrames.PING;
import static io.sharedredis.netty.ClientFrames.PONG;
import static io.sharedredis.netty.ClientFrames.TEXT;
import static io.sharedredis.netty.ClientFrames.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final int RUNS = Integer.getInteger("netty.runs", 500);

  /** Collects what frames bring. */
  private static final class Collected implements FrameReader.Receiver {
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private byte[] room = new byte[0];
    private int pings;
    private boolean closed;

    @Override
    public void room(int most) {
      room = new byte[most + 3];
    }

    @Override
    public byte[] array() {
      return room;
    }

    @Override
    public int offset() {
      return 3;
    }

    @Override
    public void received(int length) {
      data.write(room, 3, length);
    }

    @Override
    public void ping(byte[] payload) {
      pings++;
    }

    @Override
    public void closed() {
      closed = true;
    }
  }

  private static Collected read(byte[] bytes) {
    Collected collected = new Collected();
    new FrameReader().read(Unpooled.wrappedBuffer(bytes), collected);
    return collected;
  }

  @Test
  void messagesSurviveEverySplitIntoFramesAndReads() {
    Random random = new Random(42);
    for (int run = 0; run < RUNS; run++) {
      ByteArrayOutputStream wire = new ByteArrayOutputStream();
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      int[] pings = {0};
      for (int i = random.nextInt(5); i >= 0; i--) {
        boolean text = random.nextBoolean();
        byte[] payload = text ? text(random) : new byte[random.nextInt(80_000)];
        if (!text) {
          random.nextBytes(payload);
        }
        sent.writeBytes(payload);
        wire.writeBytes(ClientFrames.fragments(random, text ? TEXT : BINARY, payload, pings));
      }
      wire.writeBytes(ClientFrames.close(1000));
      wire.writeBytes("nothing after it counts".getBytes(StandardCharsets.UTF_8));

      FrameReader reader = new FrameReader();
      Collected collected = new Collected();
      byte[] bytes = wire.toByteArray();
      int most = random.nextBoolean() ? 5 : 20_000;
      for (int at = 0; at < bytes.length; ) {
        int length = Math.min(bytes.length - at, 1 + random.nextInt(most));
        ByteBuf some = Unpooled.wrappedBuffer(bytes, at, length);
        reader.read(some, collected);
        assertThat(some.isReadable()).isFalse();
        at += length;
      }
      assertThat(collected.data.toByteArray()).as("run %d", run).isEqualTo(sent.toByteArray());
      assertThat(collected.pings).isEqualTo(pings[0]);
      assertThat(collected.closed).isTrue();
    }
  }

  private static byte[] text(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(300);
    String some = "aé€𝄞\u0000~ﬀ";
    for (int i = 0; i < length; i++) {
      int at = random.nextInt(some.length());
      text.appendCodePoint(
          Character.isLowSurrogate(some.charAt(at))
              ? some.codePointAt(at - 1)
              : some.codePointAt(at));
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void textIsRefusedExactlyWhereItIsNoUtf8() {
    Random random = new Random(43);
    int refused = 0;
    for (int run = 0; run < RUNS * 5; run++) {
      byte[] bytes = text(random);
      if (bytes.length == 0) {
        continue;
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      boolean right = isUtf8(bytes);
      Utf8Check check = new Utf8Check();
      int split = random.nextInt(bytes.length + 1);
      boolean accepted =
          check.accept(bytes, 0, split)
              && check.accept(bytes, split, bytes.length)
              && check.complete();
      assertThat(accepted).as("%s", Arrays.toString(bytes)).isEqualTo(right);
      byte[] wire = ClientFrames.fragments(random, TEXT, bytes, new int[1]);
      if (right) {
        assertThat(read(wire).data.toByteArray()).isEqualTo(bytes);
      } else {
        refused++;
        assertThatThrownBy(() -> read(wire))
            .isInstanceOfSatisfying(
                WebSocketException.class, e -> assertThat(e.code()).isEqualTo(1007));
      }
    }
    assertThat(refused).isGreaterThan(RUNS / 2);
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  @Test
  void brokenFramesAreRefused() {
    byte[] some = {1, 2, 3};
    refused(frame(FIN | TEXT | 0x40, some, 1), "reserved bit");
    refused(frame(FIN | 3, some, 1), "opcode");
    refused(frame(FIN | 0, some, 1), "continues nothing");
    refused(both(frame(BINARY, some, 1), frame(FIN | BINARY, some, 1)), "inside another");
    refused(frame(PING, some, 1), "fragmented");
    refused(frame(FIN | PONG, new byte[126], 1), "long");
    refused(new byte[] {(byte) (FIN | TEXT), 1, 'a', 0, 0, 0}, "not masked");
    refused(frame(FIN | CLOSE, new byte[] {3}, 1), "half a code");
    for (int code : new int[] {0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535}) {
      refused(ClientFrames.close(code), "code not to be sent");
    }
    ByteBuffer length = ByteBuffer.allocate(14);
    length.put((byte) (FIN | BINARY)).put((byte) 0xff).putLong(-5).putInt(1);
    refused(length.array(), "negative");
    refused(new byte[] {(byte) (FIN | BINARY), (byte) 0xfe, 0, 5, 0, 0, 0, 0}, "shortest form");
  }

  @Test
  void hugeDeclaredLengthTakesNoMemory() {
    ByteBuffer huge = ByteBuffer.allocate(17);
    huge.put((byte) (FIN | BINARY)).put((byte) 0xff).putLong(Long.MAX_VALUE).putInt(0);
    huge.put(new byte[] {1, 2, 3});
    Collected collected = read(huge.array());
    assertThat(collected.data.toByteArray()).containsExactly(1, 2, 3);
    assertThat(collected.room).hasSizeLessThan(100);
  }

  @Test
  void closeFramesThatAreAllowedEndTheReading() {
    assertThat(read(frame(FIN | CLOSE, new byte[0], 1)).closed).isTrue();
    for (int code : new int[] {1000, 1001, 1003, 1007, 1011, 1014, 3000, 4999}) {
      assertThat(read(ClientFrames.close(code)).closed).as("%d", code).isTrue();
    }
  }

  private static byte[] both(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  private static void refused(byte[] wire, String why) {
    assertThatThrownBy(() -> read(wire))
        .isInstanceOf(WebSocketException.class)
        .rootCause()
        .hasMessageContaining(why);
  }
}
