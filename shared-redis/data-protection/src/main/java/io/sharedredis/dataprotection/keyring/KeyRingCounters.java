package io.sharedredis.dataprotection.keyring;

import java.util.concurrent.atomic.LongAdder;

/** Counts what happens to a ring and its protectors, for metrics. Thread-safe; never reset. */
public final class KeyRingCounters {
  private final LongAdder refreshes = new LongAdder();
  private final LongAdder failedRefreshes = new LongAdder();
  private final LongAdder unknownKeys = new LongAdder();
  private final LongAdder revokedKeys = new LongAdder();
  private final LongAdder refusedPayloads = new LongAdder();

  void refreshed() {
    refreshes.increment();
  }

  void refreshFailed() {
    failedRefreshes.increment();
  }

  void unknownKey() {
    unknownKeys.increment();
  }

  /** A payload of a revoked key was given to a protector. */
  public void revokedKey() {
    revokedKeys.increment();
  }

  /** A payload was refused, for whatever reason. */
  public void refusedPayload() {
    refusedPayloads.increment();
  }

  /** Reads of the store that gave a ring. */
  public long refreshes() {
    return refreshes.sum();
  }

  /** Reads of the store that failed or gave no ring to work with. */
  public long failedRefreshes() {
    return failedRefreshes.sum();
  }

  /** Payloads whose key was not in the ring at first sight. */
  public long unknownKeys() {
    return unknownKeys.sum();
  }

  /** Payloads whose key is revoked, accepted or not. */
  public long revokedKeys() {
    return revokedKeys.sum();
  }

  /** Payloads that were refused. */
  public long refusedPayloads() {
    return refusedPayloads.sum();
  }
}
