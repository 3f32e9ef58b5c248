package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.crypto.KeyMaterial;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The secret of a key, opened once, when first needed: a ring of a thousand keys is not a thousand
 * RSA operations. That a key cannot be opened is remembered as well; that a service needed for it
 * is away is not.
 */
final class LazyMaterial {
  private final ReentrantLock lock = new ReentrantLock();
  private final Supplier<KeyMaterial> opener;
  private volatile @Nullable KeyMaterial material;
  private volatile @Nullable String problem;

  LazyMaterial(Supplier<KeyMaterial> opener) {
    this.opener = opener;
  }

  /** A secret that is known already. */
  LazyMaterial(KeyMaterial known) {
    this(() -> known);
    this.material = known;
  }

  KeyMaterial get() {
    String known = problem();
    KeyMaterial opened = material;
    if (opened == null) {
      throw new DataProtectionException("the key cannot be used: " + known);
    }
    return opened;
  }

  /** Why the secret cannot be opened, or null if it can. */
  @Nullable String problem() {
    if (material != null) {
      return null;
    }
    if (problem != null) {
      return problem;
    }
    lock.lock();
    try {
      if (material == null && problem == null) {
        open();
      }
      return problem;
    } finally {
      lock.unlock();
    }
  }

  private void open() {
    try {
      material = opener.get();
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (DataProtectionException | IllegalArgumentException e) {
      problem = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    } catch (RuntimeException e) {
      // Nobody foresaw it, so its text may hold anything.
      problem = "an unexpected " + e.getClass().getSimpleName();
    }
  }
}
