package io.sharedredis.lettuce.session;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answer of {@code load.lua} as it comes from the wire. An answer that begins anew, since
 * its connection was lost, is read anew.
 */
final class SessionOutput extends CommandOutput<byte[], byte[], @Nullable SessionFields> {

  /** The fields whose values are in the first entry, behind the generation a former id may see. */
  private static final String FIRST = "gcat";

  private @Nullable SessionFields fields;
  private boolean named;

  SessionOutput() {
    super(ByteArrayCodec.INSTANCE, null);
  }

  @Override
  public void multi(int count) {
    fields = null;
    named = false;
    output = null;
  }

  @Override
  public void set(@Nullable ByteBuffer bytes) {
    SessionFields into = fields;
    if (bytes == null) {
      return;
    }
    if (into == null) {
      fields = first(bytes);
      output = fields;
    } else if (named) {
      into.value(bytes);
      named = false;
    } else {
      into.name(bytes);
      named = true;
    }
  }

  private static SessionFields first(ByteBuffer numbers) {
    int end = numbers.limit();
    int comma = comma(numbers, numbers.position(), end);
    numbers.limit(comma);
    long seen = SessionLife.whole(numbers);
    SessionFields into = new SessionFields(seen < 0 ? null : seen);
    for (int i = 0; i < FIRST.length() && comma < end; i++) {
      int begin = comma + 1;
      comma = comma(numbers, begin, end);
      numbers.limit(comma).position(begin);
      into.value(FIRST.charAt(i), numbers);
    }
    return into;
  }

  private static int comma(ByteBuffer bytes, int from, int end) {
    // To the end of all numbers, not of the last one that was read.
    bytes.limit(end);
    int at = from;
    while (at < end && bytes.get(at) != ',') {
      at++;
    }
    return at;
  }
}
