package io.sharedredis.dataprotection;

import java.time.Duration;
import java.time.Instant;

/**
 * A protector whose payloads carry an expiry inside, to 100 ns, as ASP.NET Core's time-limited
 * protector does. Thread-safe. The time of expiry itself is still accepted, what is later is not.
 */
public interface TimeLimitedDataProtector {
  /** A time-limited protector with one more purpose. */
  TimeLimitedDataProtector protector(String purpose, String... more);

  /**
   * Protects text until a time from now.
   *
   * @param lifetime may be zero or negative, which gives a payload that is not accepted
   * @throws IllegalArgumentException if that is outside the years 1 to 9999
   */
  String protect(String plaintext, Duration lifetime);

  String protect(String plaintext, Instant expiration);

  byte[] protect(byte[] plaintext, Duration lifetime);

  byte[] protect(byte[] plaintext, Instant expiration);

  /** Protects without a limit; readable by {@link #unprotect(String)} of this protector. */
  String protect(String plaintext);

  /** Protects without a limit; readable by {@link #unprotect(byte[])} of this protector. */
  byte[] protect(byte[] plaintext);

  /**
   * @throws DataProtectionException if the payload is not accepted or has expired
   */
  String unprotect(String payload);

  /**
   * @throws DataProtectionException if the payload is not accepted or has expired
   */
  byte[] unprotect(byte[] payload);

  /**
   * Like {@link #unprotect(byte[])}, and tells when the payload expires.
   *
   * @throws DataProtectionException if the payload is not accepted or has expired
   */
  Expiring unprotectWithExpiration(byte[] payload);

  /**
   * Like {@link #unprotectWithExpiration(byte[])}, also if the key is revoked. For rescuing data,
   * never for input that a stranger can send: see {@link
   * DataProtector#unprotectIgnoringRevocation(byte[])}.
   *
   * @throws DataProtectionException if the payload is not accepted for any other reason
   */
  Expiring unprotectIgnoringRevocation(byte[] payload);

  /**
   * Data and its end.
   *
   * @param expiration 9999-12-31T23:59:59.9999999Z if there is no limit
   */
  record Expiring(byte[] plaintext, Instant expiration) {
    /** Does not show the plaintext. */
    @Override
    public String toString() {
      return "Expiring[expiration=" + expiration + "]";
    }
  }
}
