package io.sharedredis.dataprotection.crypto;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A bounded, lock-free store of idle workspaces. Slots instead of thread-locals, so that a million
 * virtual threads do not hold a million ciphers; a thread that finds no idle one makes its own.
 */
final class WorkspacePool {
  /** Idle workspaces kept: a power of two, twice the processors and more, at least 8. */
  private static final int SLOTS =
      Math.max(8, Integer.highestOneBit(Runtime.getRuntime().availableProcessors()) * 4);

  /**
   * References from one slot to the next: 64 bytes, so that threads on different slots do not take
   * the same cache line from each other.
   */
  private static final int STRIDE = 16;

  /** Slots tried before a new workspace is made, or an idle one dropped. */
  private static final int PROBES = 4;

  private final AtomicReferenceArray<@Nullable Workspace> slots =
      new AtomicReferenceArray<>(SLOTS * STRIDE);
  private final CipherSuite suite;
  private final SecureRandom random;

  WorkspacePool(CipherSuite suite, SecureRandom random) {
    this.suite = suite;
    this.random = random;
  }

  Workspace borrow() {
    int start = start();
    for (int i = 0; i < PROBES; i++) {
      int slot = slot(start + i);
      // Looked at before it is taken: an empty slot is not worth a write.
      Workspace idle = slots.get(slot) == null ? null : slots.getAndSet(slot, null);
      if (idle != null) {
        return idle;
      }
    }
    return new Workspace(suite, random);
  }

  void giveBack(Workspace workspace) {
    workspace.wipe();
    int start = start();
    for (int i = 0; i < PROBES; i++) {
      if (slots.compareAndSet(slot(start + i), null, workspace)) {
        return;
      }
    }
  }

  private static int slot(int number) {
    return (number & (SLOTS - 1)) * STRIDE;
  }

  private static int start() {
    long id = Thread.currentThread().getId();
    return (int) (id * 0x9E3779B97F4A7C15L >>> 32);
  }
}
