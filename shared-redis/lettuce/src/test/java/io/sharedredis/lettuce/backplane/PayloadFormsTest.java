package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Our own MessagePack beside the library's. */
class PayloadFormsTest {

  private static long[] integers() {
    LongStream.Builder all = LongStream.builder();
    for (int bit = 0; bit < 64; bit++) {
      for (long step = -1; step <= 1; step++) {
        all.add((1L << bit) + step);
        all.add(-(1L << bit) + step);
      }
    }
    return all.build().toArray();
  }

  @Test
  void everyFormIsTheLibrarysAndIsReadAgain() throws IOException {
    for (long value : integers()) {
      assertThat(new PayloadWriter(1).integer(value).toBytes())
          .isEqualTo(packed(out -> out.packLong(value)));
      assertThat(new PayloadReader(packed(out -> out.packLong(value))).int64()).isEqualTo(value);
    }
    for (int length : List.of(0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536, 100_000)) {
      byte[] binary = new byte[length];
      new Random(length).nextBytes(binary);
      byte[] packed = packed(out -> out.packBinaryHeader(length).writePayload(binary));
      assertThat(new PayloadWriter(1).binary(binary).toBytes()).isEqualTo(packed);
      assertThat(new PayloadReader(packed).binaryOrNull()).isEqualTo(binary);
      String text = "ж".repeat(length);
      assertThat(new PayloadWriter(1).string(text).toBytes())
          .isEqualTo(packed(out -> out.packString(text)));
      assertThat(new PayloadReader(packed(out -> out.packString(text))).string()).isEqualTo(text);
      assertThat(new PayloadWriter(1).array(length).toBytes())
          .isEqualTo(packed(out -> out.packArrayHeader(length)));
      assertThat(new PayloadWriter(1).map(length).toBytes())
          .isEqualTo(packed(out -> out.packMapHeader(length)));
    }
  }

  @Test
  void numbersBeyondTheirWidthAreRefused() throws IOException {
    for (long value : integers()) {
      PayloadReader in = new PayloadReader(packed(out -> out.packLong(value)));
      if (value == (int) value) {
        assertThat(in.int32()).isEqualTo((int) value);
      } else {
        assertThatThrownBy(in::int32).isInstanceOf(MalformedMessageException.class);
      }
    }
    byte[] unsigned = {(byte) 0xcf, -1, -1, -1, -1, -1, -1, -1, -1};
    assertThat(new PayloadReader(unsigned).int64()).isEqualTo(-1);
    assertThatThrownBy(() -> new PayloadReader(unsigned).int32())
        .isInstanceOf(MalformedMessageException.class);
  }

  @Test
  void manyEmptyNamesTakeNoMemoryAndManyProtocolsAreRefused() throws Exception {
    byte[] empty =
        packed(
            out -> {
              out.packArrayHeader(2).packArrayHeader(100_000);
              for (int i = 0; i < 100_000; i++) {
                out.packString(i == 7 ? "id" : "");
              }
              out.packMapHeader(0);
            });
    assertThat(BackplaneCodec.delivery(empty).excluded()).containsExactly("id");
    byte[] many =
        packed(
            out -> {
              out.packArrayHeader(2).packArrayHeader(0).packMapHeader(65);
              for (int i = 0; i < 65; i++) {
                out.packString("p" + i).packBinaryHeader(0);
              }
            });
    assertThatThrownBy(() -> BackplaneCodec.delivery(many))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageContaining("65 protocols");
  }

  @Test
  void itemsOfEveryKindArePassedOver() throws IOException {
    byte[] packed =
        packed(
            out -> {
              out.packNil().packBoolean(true).packFloat(1).packDouble(2);
              for (long value : integers()) {
                out.packLong(value);
              }
              for (int length : List.of(0, 1, 2, 4, 8, 16, 40, 300, 70_000)) {
                out.packString("x".repeat(length));
                out.packBinaryHeader(length).writePayload(new byte[length]);
                out.packExtensionTypeHeader((byte) 5, length).writePayload(new byte[length]);
                out.packArrayHeader(length);
                for (int i = 0; i < length; i++) {
                  out.packMapHeader(1).packInt(i).packArrayHeader(1).packString("y");
                }
                out.packMapHeader(length);
                for (int i = 0; i < 2 * length; i++) {
                  out.packNil();
                }
              }
              out.packInt(77);
            });
    PayloadReader in = new PayloadReader(packed);
    in.skip(4 + integers().length + 9 * 5);
    assertThat(in.int32()).isEqualTo(77);
    assertThatThrownBy(() -> in.skip(1)).isInstanceOf(MalformedMessageException.class);
  }

  private interface Packing {
    void to(MessageBufferPacker out) throws IOException;
  }

  private static byte[] packed(Packing packing) throws IOException {
    try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
      packing.to(out);
      return out.toByteArray();
    }
  }
}
