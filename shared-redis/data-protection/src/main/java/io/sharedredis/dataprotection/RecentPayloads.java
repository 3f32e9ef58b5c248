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

  /** Longer ones are opened each time. */
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
  byte @Nullable [] find(byte[] bytes, int from, String[] purposes) {
    if (!isKept(bytes, from)) {
      return null;
    }
    Opened opened = slots.opened().get(slot(bytes, from));
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
    if (Math.abs(now - into.since()) > KEEP.toMillis()) {
      into = new Slots(now, new AtomicReferenceArray<>(mask + 1));
      slots = into;
    }
    into.opened().set(slot(bytes, from), new Opened(bytes, from, purposes, plaintext));
  }

  private static boolean isKept(byte[] bytes, int from) {
    int length = bytes.length - from;
    return length <= MAX_BYTES && length >= MODIFIER + Integer.BYTES;
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

  private record Slots(long since, AtomicReferenceArray<@Nullable Opened> opened) {}
}
