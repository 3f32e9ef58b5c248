package io.sharedredis.dataprotection.keyring;

/**
 * From when a key that an operator makes may be the default key.
 *
 * <p>Replicas of this library learn of a key at once. A replica of ASP.NET Core reads the ring
 * every 19.2 to 24 hours, and again for an unknown key only in its first two minutes: what is
 * protected under a key that it has not read yet, it refuses.
 */
public enum KeyActivation {
  /**
   * After {@link DefaultKeyPolicy#PROPAGATION} (48 hours) while another key protects, so that every
   * replica of ASP.NET Core has read the ring by then; at once where no key does, since there is
   * nothing to protect with until then.
   */
  WHEN_KNOWN_EVERYWHERE,

  /** At once: for farms without ASP.NET Core, or where waiting is worse than refused payloads. */
  NOW
}
