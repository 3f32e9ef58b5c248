package io.sharedredis.dataprotection.crypto;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * Random bytes drawn in blocks: one draw costs about as much as an encryption of 64 bytes, whatever
 * it brings. Not thread-safe.
 *
 * <p>What is drawn and not yet used is a risk: of two machines that wake up from one snapshot each
 * has the same reserve, and a nonce used twice gives GCM away. So the reserve is as short-lived as
 * the one that the JDK's own source keeps, is no larger than what is used in that time, and bytes
 * that were handed out are wiped.
 */
final class RandomReserve {
  /** Bytes of one draw at most: enough for 16 payloads, and below the JDK's own reserve. */
  private static final int MAX_BLOCK = 512;

  /** Nanoseconds until a reserve is void: 100 ms, as in the JDK's source for Linux. */
  private static final long MAX_AGE = 100_000_000;

  private final SecureRandom random;
  private final LongSupplier nanoTime;
  private byte[] reserve = new byte[0];
  private int used;
  private long drawnAt;

  /**
   * @param nanoTime a clock that only runs forward
   */
  RandomReserve(SecureRandom random, LongSupplier nanoTime) {
    this.random = random;
    this.nanoTime = nanoTime;
  }

  /** Fills a part of the target with bytes that nobody is given again. */
  void take(byte[] target, int offset, int length) {
    long now = nanoTime.getAsLong();
    boolean tooOld = now - drawnAt > MAX_AGE;
    if (tooOld || reserve.length - used < length) {
      draw(length, tooOld);
      drawnAt = now;
    }
    System.arraycopy(reserve, used, target, offset, length);
    Arrays.fill(reserve, used, used + length, (byte) 0);
    used += length;
  }

  /** Twice as much as last time while it is used up in time; no more than needed otherwise. */
  private void draw(int length, boolean tooOld) {
    Arrays.fill(reserve, (byte) 0);
    int size = tooOld ? length : Math.max(length, Math.min(MAX_BLOCK, reserve.length * 2));
    if (size != reserve.length) {
      reserve = new byte[size];
    }
    // Used up until it is filled: a source that fails must not leave zeros to be handed out.
    used = reserve.length;
    random.nextBytes(reserve);
    used = 0;
  }
}
