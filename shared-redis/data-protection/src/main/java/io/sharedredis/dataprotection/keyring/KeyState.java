package io.sharedredis.dataprotection.keyring;

/** Where a key stands in its life. Only a revoked key does not unprotect. */
public enum KeyState {
  /** Its activation lies ahead. */
  CREATED,
  /** May be the default key. */
  ACTIVE,
  /** Too old to protect. */
  EXPIRED,
  /** Nothing it protected is accepted. */
  REVOKED
}
