package io.sharedredis.cli;

import java.util.Arrays;

/** Line breaks of input: LF or CR LF. */
final class LineBreaks {
  private LineBreaks() {}

  /** The bytes without one final line break, if there is one. */
  static byte[] withoutFinal(byte[] bytes) {
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] == '\n') {
      length--;
      if (length > 0 && bytes[length - 1] == '\r') {
        length--;
      }
    }
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  /** Whether a text would not fit on one line. */
  static boolean isIn(String text) {
    return text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
  }
}
