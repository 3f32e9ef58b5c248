package io.sharedredis.dataprotection;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when data cannot be protected or unprotected, or the key ring cannot be read or written.
 *
 * <p>The one exception type of data protection. Whatever is wrong with a payload that somebody else
 * may have made, {@code unprotect} throws exactly this class, so that a caller can treat "not
 * readable" as one case.
 */
public class DataProtectionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DataProtectionException(String message) {
    super(message);
  }

  public DataProtectionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
