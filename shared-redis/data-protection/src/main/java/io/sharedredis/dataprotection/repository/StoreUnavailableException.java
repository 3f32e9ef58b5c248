package io.sharedredis.dataprotection.repository;

import io.sharedredis.dataprotection.DataProtectionException;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a {@link KeyRepository} that could not be asked: nothing is known about its content.
 *
 * <p>Never to be confused with an empty ring. A key ring answers this exception by keeping the ring
 * it has; it never answers it by making a key.
 */
public final class StoreUnavailableException extends DataProtectionException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the store (without credentials) and what failed
   */
  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
