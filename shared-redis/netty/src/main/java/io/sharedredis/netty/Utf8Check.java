package io.sharedredis.netty;

/**
 * Checks UTF-8 (RFC 3629: no surrogates, nothing overlong) that comes in pieces of any length. One
 * int of state, no memory.
 */
final class Utf8Check {
  private static final int DONE = 0;

  /**
   * What must come next, in bits: 0–1 the bytes still missing of a character, 8–15 the least and
   * 16–23 the greatest value of the next one.
   */
  private int state = DONE;

  /** Whether what came so far ends with a whole character. */
  boolean complete() {
    return state == DONE;
  }

  void reset() {
    state = DONE;
  }

  /** Takes more bytes; false when they cannot be UTF-8. */
  boolean accept(byte[] bytes, int from, int to) {
    int current = state;
    for (int i = from; i < to; i++) {
      int b = bytes[i] & 0xff;
      if (current == DONE) {
        if (b >= 0x80) {
          current = after(b);
          if (current < 0) {
            return false;
          }
        }
      } else {
        if (b < (current >> 8 & 0xff) || b > (current >> 16 & 0xff)) {
          return false;
        }
        int missing = (current & 3) - 1;
        current = missing == 0 ? DONE : expect(missing, 0x80, 0xbf);
      }
    }
    state = current;
    return true;
  }

  private static int after(int first) {
    if (first < 0xc2 || first > 0xf4) {
      return -1;
    }
    if (first < 0xe0) {
      return expect(1, 0x80, 0xbf);
    }
    if (first < 0xf0) {
      return expect(2, first == 0xe0 ? 0xa0 : 0x80, first == 0xed ? 0x9f : 0xbf);
    }
    return expect(3, first == 0xf0 ? 0x90 : 0x80, first == 0xf4 ? 0x8f : 0xbf);
  }

  private static int expect(int missing, int least, int greatest) {
    return missing | least << 8 | greatest << 16;
  }
}
