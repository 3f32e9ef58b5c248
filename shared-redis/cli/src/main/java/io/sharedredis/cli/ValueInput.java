package io.sharedredis.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Values on standard input, as bytes. A line ends in LF or CR LF. */
final class ValueInput {
  /**
   * Longest value in bytes, 64 MiB: far more than a cookie or token, and several times as much
   * still fits a small heap.
   */
  private static final int MAX_VALUE = 64 << 20;

  private static final int BUFFER = 1 << 16;

  private final InputStream in;

  ValueInput(InputStream in) {
    this.in = new BufferedInputStream(in, BUFFER);
  }

  /** Tells by {@code available()} whether more has arrived. */
  InputStream source() {
    return in;
  }

  /** Everything, without one final line break. */
  byte[] all() throws IOException {
    byte[] all = in.readNBytes(MAX_VALUE + 1);
    if (all.length > MAX_VALUE) {
      throw tooLong();
    }
    return LineBreaks.withoutFinal(all);
  }

  /** The next line without its break, or null at the end. */
  byte @Nullable [] line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    for (int b = in.read(); b >= 0; b = in.read()) {
      line.write(b);
      if (b == '\n') {
        return LineBreaks.withoutFinal(line.toByteArray());
      }
      if (line.size() > MAX_VALUE) {
        throw tooLong();
      }
    }
    return line.size() == 0 ? null : line.toByteArray();
  }

  private static IOException tooLong() {
    return new IOException("a value is longer than " + MAX_VALUE + " bytes");
  }
}
