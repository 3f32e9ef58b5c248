package io.sharedredis.lettuce.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptArgumentsTest {

  private static final byte[] SCRIPT = "5f2c".repeat(10).getBytes();

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9, 10, 11, 99, 100, 101, 999, 1000, 12_345, 100_000})
  void bytesAreThoseOfTheDriversOwnArguments(int length) {
    byte[] value = new byte[length];
    Arrays.fill(value, (byte) '\n');
    for (int keys : new int[] {0, 1, 2, 9, 10, 123}) {
      byte[][] names = new byte[keys][];
      Arrays.setAll(names, i -> ("key" + i).getBytes());
      byte[][] values = {value, {}, {1, 2, 3}, value};
      CommandArgs<byte[], byte[]> theirs =
          new CommandArgs<>(ByteArrayCodec.INSTANCE)
              .add(SCRIPT)
              .add(keys)
              .addKeys(names)
              .addValues(values);
      ScriptArguments ours = new ScriptArguments(SCRIPT, names, values);
      assertThat(ours.count()).isEqualTo(theirs.count());
      assertThat(encoded(ours)).isEqualTo(encoded(theirs));
      // A command that is sent again after a reconnect is written again.
      assertThat(encoded(ours)).isEqualTo(encoded(theirs));
    }
  }

  @Test
  void clusterFindsItsNodeByTheFirstKey() {
    byte[][] keys = {"one".getBytes(), "two".getBytes()};
    assertThat(new ScriptArguments(SCRIPT, keys, new byte[][] {}).getFirstEncodedKey())
        .isEqualTo(ByteBuffer.wrap("one".getBytes()));
    assertThat(new ScriptArguments(SCRIPT, new byte[][] {}, keys).getFirstEncodedKey()).isNull();
  }

  private static byte[] encoded(CommandArgs<?, ?> arguments) {
    ByteBuf out = Unpooled.buffer();
    arguments.encode(out);
    return ByteBufUtil.getBytes(out);
  }
}
