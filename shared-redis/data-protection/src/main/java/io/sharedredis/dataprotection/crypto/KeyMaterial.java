package io.sharedredis.dataprotection.crypto;

import java.security.MessageDigest;
import java.security.SecureRandom;

/**
 * The secret of one key and the algorithms it is used with. Guarded: no {@code toString} of the
 * secret, comparison in constant time. Thread-safe.
 */
public final class KeyMaterial {
  private final CipherSuite suite;
  private final byte[] masterKey;
  private final CounterKdf.Keyed keyed;
  private final WorkspacePool workspaces;

  /**
   * @param masterKey of any length, also empty; copied
   */
  public KeyMaterial(CipherSuite suite, byte[] masterKey, SecureRandom random) {
    this.suite = suite;
    this.masterKey = masterKey.clone();
    this.keyed = CounterKdf.Keyed.of(this.masterKey);
    this.workspaces = new WorkspacePool(suite, random);
  }

  public CipherSuite suite() {
    return suite;
  }

  /** Whether the secret equals the given one, in time that does not depend on where they differ. */
  public boolean hasMasterKey(byte[] other) {
    return MessageDigest.isEqual(masterKey, other);
  }

  /** Where derivations from the master key begin. */
  CounterKdf.Keyed keyed() {
    return keyed;
  }

  WorkspacePool workspaces() {
    return workspaces;
  }

  @Override
  public String toString() {
    return "KeyMaterial[" + suite + "]";
  }
}
