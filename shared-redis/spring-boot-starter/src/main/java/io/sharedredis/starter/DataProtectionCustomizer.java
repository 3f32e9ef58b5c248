package io.sharedredis.starter;

import io.sharedredis.dataprotection.DataProtectionOptions;

/**
 * Adds to the settings of the key ring before it is opened: an encryptor, decryptors, escrow sinks.
 * Every bean of this type is asked, in its {@code @Order}.
 */
@FunctionalInterface
public interface DataProtectionCustomizer {

  /** Must not wait for anything: the start of the application waits for it. */
  void customize(DataProtectionOptions.Builder options);
}
