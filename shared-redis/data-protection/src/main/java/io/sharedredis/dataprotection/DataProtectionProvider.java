package io.sharedredis.dataprotection;

/** Makes protectors that share one key ring. Thread-safe; protectors are cheap and may be kept. */
public interface DataProtectionProvider {
  /**
   * A protector whose payloads can be read only by a protector of the same purposes.
   *
   * <p>Purposes are not secret and need not be unguessable; they keep the uses of one key ring
   * apart. Giving several is the same as chaining {@link DataProtector#protector} one by one. Where
   * an application name is configured it comes before them.
   *
   * @param purpose first purpose; may be empty
   * @param more further purposes
   * @throws DataProtectionException if a purpose holds an unpaired surrogate
   */
  DataProtector protector(String purpose, String... more);
}
