package io.sharedredis.cli;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.DefaultKeyPolicy;

/** What an operator should know about a ring that was changed. */
final class Afterwards {
  private Afterwards() {}

  /** Says so if no key can protect now. */
  static void sayIfNothingProtects(KeyManager keys, Surroundings io) {
    try {
      if (!DefaultKeyPolicy.protectsAt(io.clock().instant(), keys.read())) {
        io.say(
            "note: no key of the ring can protect now; replicas that make keys make one when they"
                + " read the ring, or make one with 'keyring create'");
      }
    } catch (DataProtectionException e) {
      io.say("warning: " + e.getMessage() + "; see 'keyring verify'");
    }
  }
}
