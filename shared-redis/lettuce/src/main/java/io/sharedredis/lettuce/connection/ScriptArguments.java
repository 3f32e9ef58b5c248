package io.sharedredis.lettuce.connection;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;

/** Arguments of a script call that are bytes already: sent as they are, no object for each. */
final class ScriptArguments extends CommandArgs<byte[], byte[]> {

  private static final int CRLF = '\r' << 8 | '\n';

  /** Script, number of keys. */
  private static final int BEFORE_KEYS = 2;

  private final byte[] script;
  private final byte[][] keys;
  private final byte[][] values;

  /**
   * @param script digest or text
   */
  ScriptArguments(byte[] script, byte[][] keys, byte[][] values) {
    super(ByteArrayCodec.INSTANCE);
    this.script = script;
    this.keys = keys;
    this.values = values;
    if (keys.length > 0) {
      // By which the driver finds the node of a cluster.
      CommandArgs<byte[], byte[]> unused = addKey(keys[0]);
    }
  }

  @Override
  public int count() {
    return BEFORE_KEYS + keys.length + values.length;
  }

  @Override
  public void encode(ByteBuf out) {
    write(out, script);
    out.writeByte('$');
    writeNumber(out, digits(keys.length));
    out.writeShort(CRLF);
    writeNumber(out, keys.length);
    out.writeShort(CRLF);
    for (byte[] key : keys) {
      write(out, key);
    }
    for (byte[] value : values) {
      write(out, value);
    }
  }

  private static void write(ByteBuf out, byte[] bytes) {
    out.writeByte('$');
    writeNumber(out, bytes.length);
    out.writeShort(CRLF);
    out.writeBytes(bytes);
    out.writeShort(CRLF);
  }

  private static void writeNumber(ByteBuf out, int number) {
    for (int unit = unit(number); unit > 0; unit /= 10) {
      out.writeByte('0' + number / unit % 10);
    }
  }

  private static int digits(int number) {
    int digits = 0;
    for (int unit = unit(number); unit > 0; unit /= 10) {
      digits++;
    }
    return digits;
  }

  /** The power of ten that the first digit counts. */
  private static int unit(int number) {
    int unit = 1;
    while (number / unit > 9) {
      unit *= 10;
    }
    return unit;
  }
}
