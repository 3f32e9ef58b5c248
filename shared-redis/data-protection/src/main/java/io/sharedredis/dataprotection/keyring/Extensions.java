package io.sharedredis.dataprotection.keyring;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import java.util.function.Supplier;

/**
 * Calls what an application plugged in. Whatever it throws, callers of data protection meet one
 * type of exception; the text of one that was not foreseen is kept out, since it may hold secrets.
 */
final class Extensions {
  private Extensions() {}

  /** What must succeed or have no effect: an encryptor, an escrow sink. */
  static <T> T call(String what, Supplier<T> extension) {
    try {
      return extension.get();
    } catch (DataProtectionException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new DataProtectionException(message(what, e), e);
    }
  }

  /**
   * What answers a question: a failure that is not in its contract says nothing about what was
   * asked, as if a service were away, and is never answered by a new key.
   */
  static <T> T ask(String what, Supplier<T> extension) {
    try {
      return extension.get();
    } catch (DataProtectionException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new StoreUnavailableException(message(what, e), e);
    }
  }

  private static String message(String what, RuntimeException e) {
    return "the configured " + what + " failed with " + e.getClass().getSimpleName();
  }
}
