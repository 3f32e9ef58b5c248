package io.sharedredis.dataprotection;

import java.util.Arrays;

/**
 * Encrypts and authenticates data for one purpose, under a key of the ring. Thread-safe. Payloads
 * are those of ASP.NET Core Data Protection; see {@code docs/formats/payload.md}.
 */
public interface DataProtector extends DataProtectionProvider {
  /**
   * Protects bytes under the default key.
   *
   * @param plaintext of any length, also empty
   * @throws DataProtectionException if there is no key to protect with
   */
  byte[] protect(byte[] plaintext);

  /**
   * {@code protector(…).protect(plaintext)} without that protector: for purposes of which there are
   * very many, such as one for each row. Nothing of them is kept.
   *
   * @param purposes of the payload, after those of this protector
   * @throws DataProtectionException if there is no key to protect with, or a purpose holds an
   *     unpaired surrogate
   */
  default byte[] protectUnder(byte[] plaintext, String... purposes) {
    return under(purposes).protect(plaintext);
  }

  /**
   * Reads what {@link #protectUnder} made, or a protector of those purposes.
   *
   * @param bytes hold the payload, which ends with them
   * @param from where the payload begins
   * @throws DataProtectionException if the payload is not accepted, whatever the reason
   */
  default byte[] unprotectUnder(byte[] bytes, int from, String... purposes) {
    return under(purposes).unprotect(Arrays.copyOfRange(bytes, from, bytes.length));
  }

  private DataProtector under(String... purposes) {
    return purposes.length == 0
        ? this
        : protector(purposes[0], Arrays.copyOfRange(purposes, 1, purposes.length));
  }

  /**
   * Protects text: UTF-8, then {@link #protect(byte[])}, then base64url without padding, fit for
   * cookies, URLs and headers.
   *
   * @throws DataProtectionException also if the text holds an unpaired surrogate
   */
  String protect(String plaintext);

  /**
   * Reads what a protector of the same purposes made. A key that has expired still unprotects, a
   * revoked one does not.
   *
   * @throws DataProtectionException if the payload is not accepted, whatever the reason
   */
  byte[] unprotect(byte[] payload);

  /**
   * Reads the text form; blanks, padding and the standard base64 alphabet are taken as ASP.NET Core
   * takes them.
   *
   * @throws DataProtectionException if the payload is not accepted, whatever the reason
   */
  String unprotect(String payload);

  /**
   * Like {@link #unprotect(byte[])}, and tells whether the data should be protected anew.
   *
   * @throws DataProtectionException if the payload is not accepted, whatever the reason
   */
  UnprotectResult unprotectWithResult(byte[] payload);

  /**
   * Reads a payload even if its key is revoked. For rescuing data after a revocation, never for
   * input that a stranger can send: whoever has the revoked key can forge such payloads.
   *
   * @throws DataProtectionException if the payload is not accepted for any other reason
   */
  UnprotectResult unprotectIgnoringRevocation(byte[] payload);

  /**
   * {@link #unprotectWithResult(byte[])} of the text form; {@link UnprotectResult#text()} is the
   * text.
   */
  UnprotectResult unprotectWithResult(String payload);

  /**
   * {@link #unprotectIgnoringRevocation(byte[])} of the text form; {@link UnprotectResult#text()}
   * is the text.
   */
  UnprotectResult unprotectIgnoringRevocation(String payload);

  /**
   * A protector of the same purposes that remembers what the payloads held that it opened last, for
   * those that are opened again and again: some 8 KB of memory each at most, for half a minute of
   * use, and not beyond a change of the key ring. It opens what this one opens and nothing else;
   * under a revoked key that is nothing. Arrays that it is given to open, and those that it
   * answers, must not be changed afterwards. Meant for what an application stored itself: how long
   * it takes tells whether a payload was opened a moment ago.
   *
   * @param payloads 1 to 65,536
   * @throws IllegalArgumentException for another number
   */
  default DataProtector remembering(int payloads) {
    return this;
  }

  /** A protector of the same purposes whose payloads expire. */
  TimeLimitedDataProtector timeLimited();
}
