package io.sharedredis.lettuce.session;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Takes the answer of {@code load.lua} as it comes from the wire: null, or the generation a former
 * id may see and the fields. An answer that begins anew, since its connection was lost, is read
 * anew.
 */
final class SessionOutput extends CommandOutput<byte[], byte[], @Nullable SessionFields> {

  /** Entries of the outer list; the inner one, of a session's fields, always has more. */
  private static final int OUTER = 2;

  private @Nullable Long seenUpTo;
  private @Nullable SessionFields fields;
  private boolean named;

  SessionOutput() {
    super(ByteArrayCodec.INSTANCE, null);
  }

  @Override
  public void multi(int count) {
    fields = null;
    named = false;
    if (count > OUTER) {
      fields = new SessionFields(seenUpTo);
      output = fields;
    } else {
      seenUpTo = null;
      output = null;
    }
  }

  @Override
  public void set(@Nullable ByteBuffer bytes) {
    SessionFields into = fields;
    if (bytes == null) {
      return;
    }
    if (into == null) {
      seenUpTo =
          bytes.hasRemaining()
              ? Long.valueOf(StandardCharsets.US_ASCII.decode(bytes).toString())
              : null;
    } else if (named) {
      into.value(bytes);
      named = false;
    } else {
      into.name(bytes);
      named = true;
    }
  }
}
