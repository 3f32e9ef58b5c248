package io.sharedredis.spring.hub;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.repository.StoreUnavailableException;
import io.sharedredis.lettuce.relay.RelaySeal;
import org.jspecify.annotations.Nullable;

/**
 * Seals keys of the relay with the key ring that all replicas share. What was sealed opens for the
 * replica and the conversation it was meant for only. Thread-safe.
 */
public final class FarmRelaySeal implements RelaySeal {
  private final DataProtectionProvider protection;

  /**
   * @param protection the farm's
   */
  public FarmRelaySeal(DataProtectionProvider protection) {
    this.protection = protection;
  }

  private DataProtector protector(String from, String to, long session) {
    return protection.protector(
        "SharedRedis.Hub.Relay", "v2", from, to, Long.toUnsignedString(session));
  }

  @Override
  public byte[] seal(String from, String to, long session, byte[] plain) {
    return protector(from, to, session).protect(plain);
  }

  @Override
  public byte @Nullable [] open(String from, String to, long session, byte[] sealed) {
    try {
      return protector(from, to, session).unprotect(sealed);
    } catch (DataProtectionException e) {
      if (storeIsAway(e)) {
        throw new IllegalStateException("the key ring cannot be read", e);
      }
      return null;
    }
  }

  // Who waited for another's attempt to read the ring gets its failure as a cause.
  private static boolean storeIsAway(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof StoreUnavailableException) {
        return true;
      }
    }
    return false;
  }
}
