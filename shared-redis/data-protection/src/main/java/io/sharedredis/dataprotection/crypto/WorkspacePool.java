package io.sharedredis.dataprotection.crypto;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * A bounded, lock-free store of idle workspaces. Slots instead of thread-locals, so that a million
 * virtual threads do not hold a million ciphers; a thread that finds no idle one makes its own.
 */
final class WorkspacePool {
  /** Idle workspaces kept; a power of two well above the number of processors. */
  private static final int SLOTS = 64;

  /** Slots tried before a new workspace is made, or an idle one dropped. */
  private static final int PROBES = 4;

  private final AtomicReferenceArray<Workspace> slots = new AtomicReferenceArray<>(SLOTS);
  private final CipherSuite suite;
  private final SecureRandom random;

  WorkspacePool(CipherSuite suite, SecureRandom random) {
    this.suite = suite;
    this.random = random;
  }

  Workspace borrow() {
    int start = start();
    for (int i = 0; i < PROBES; i++) {
      Workspace idle = slots.getAndSet((start + i) & (SLOTS - 1), null);
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
      if (slots.compareAndSet((start + i) & (SLOTS - 1), null, workspace)) {
        return;
      }
    }
  }

  private static int start() {
    long id = Thread.currentThread().getId();
    return (int) (id * 0x9E3779B97F4A7C15L >>> 32);
  }
}
