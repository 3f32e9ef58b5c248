package io.sharedredis.dataprotection;

import io.sharedredis.dataprotection.crypto.PayloadHeader;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What payloads held that were opened a moment ago, under one ring and its default key. Found by
 * the whole payload and its purposes only, so that it opens nothing that the key would not open.
 * Bounded in payloads, bytes and time; thread-safe, and without locks.
 */
final class RecentPayloads {

  /** How many may be asked for: 512 MB. */
  static final int MOST = 65_536;

  /** Payloads in longer arrays are opened each time: the whole array is kept. */
  private static final int MAX_BYTES = 4096;

  /** After so long all are dropped: what nobody asks for any more does not stay in memory. */
  private static final Duration KEEP = Duration.ofSeconds(30);

  /** Where the bytes that tell payloads apart begin: the key modifier, which is random. */
  private static final int MODIFIER = PayloadHeader.LENGTH;

  private final int mask;
  private volatile Slots slots;

  /**
   * @param most of how many payloads, rounded up to a power of two
   * @param now in ms
   */
  RecentPayloads(int most, long now) {
    this.mask = Integer.highestOneBit(Math.max(1, most * 2 - 1)) - 1;
    this.slots = new Slots(now, new AtomicReferenceArray<>(mask + 1));
  }

  /** The plaintext; null if it is not known. */
  byte @Nullable [] find(byte[] bytes, int from, String[] purposes, long now) {
    Slots held = slots;
    if (!isKept(bytes, from) || held.areOver(now)) {
      return null;
    }
    Opened opened = held.opened().get(slot(bytes, from));
    return opened != null && opened.is(bytes, from, purposes) ? opened.plaintext() : null;
  }

  /**
   * What was just opened. None of it is copied, since most of it is not asked for again: nobody may
   * change it any more.
   */
  void add(byte[] bytes, int from, String[] purposes, byte[] plaintext, long now) {
    if (!isKept(bytes, from)) {
      return;
    }
    Slots into = slots;
    if (into.areOver(now)) {
      into = new Slots(now, new AtomicReferenceArray<>(mask + 1));
      slots = into;
    }
    into.opened().set(slot(bytes, from), new Opened(bytes, from, purposes, plaintext));
  }

  private static boolean isKept(byte[] bytes, int from) {
    return bytes.length <= MAX_BYTES && bytes.length - from >= MODIFIER + Integer.BYTES;
  }

  private int slot(byte[] bytes, int from) {
    int at = from + MODIFIER;
    return (bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16) & mask;
  }

  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Opened(byte[] bytes, int from, String[] purposes, byte[] plaintext) {
    boolean is(byte[] payload, int begin, String[] under) {
      return Arrays.equals(payload, begin, payload.length, bytes, from, bytes.length)
          && Arrays.equals(under, purposes);
    }
  }

  private record Slots(long since, AtomicReferenceArray<@Nullable Opened> opened) {
    /** Also when the clock was set back by as much. */
    boolean areOver(long now) {
      return Math.abs(now - since) > KEEP.toMillis();
    }
  }
}
