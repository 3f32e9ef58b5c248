package io.sharedredis.dataprotection.crypto;

import io.sharedredis.dataprotection.DataProtectionException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals and opens payloads of one key under one purpose chain.
 *
 * <p>After the 20 bytes of {@link PayloadHeader}: {@code modifier(16) || iv(16) || ciphertext ||
 * mac} for CBC, the MAC over IV and ciphertext; {@code modifier(16) || nonce(12) || ciphertext ||
 * tag(16)} for GCM. Each payload has its own keys, derived from the master key, the purposes and
 * the modifier. Thread-safe.
 */
public final class PayloadCipher {
  private static final int MODIFIER_BYTES = 16;
  private static final int MIN_CIPHERTEXT_BYTES = 16;

  private static final String[] NO_MORE = {};

  private final byte[] header;
  private final CipherSuite suite;
  private final CounterKdf kdf;
  private final BranchKdf branches;
  private final WorkspacePool workspaces;

  public PayloadCipher(UUID keyId, KeyMaterial material, PurposeChain purposes) {
    this(keyId, material, purposes, purposes.label(keyId));
  }

  private PayloadCipher(UUID keyId, KeyMaterial material, PurposeChain purposes, byte[] label) {
    this.header = PayloadHeader.of(keyId);
    this.suite = material.suite();
    this.kdf = new CounterKdf(material.keyed(), label, suite.contextHeader(), suite.derivedBytes());
    this.branches =
        new BranchKdf(
            material.keyed(), keyId, purposes, suite.contextHeader(), suite.derivedBytes());
    this.workspaces = material.workspaces();
  }

  /** A cipher whose keys are derived with any label, as known answers ask for. */
  static PayloadCipher withLabel(UUID keyId, KeyMaterial material, byte[] label) {
    return new PayloadCipher(keyId, material, PurposeChain.ROOT, label);
  }

  /** Whether a payload begins with the header of this format and key. */
  public boolean isNamedBy(byte[] payload) {
    return isNamedBy(payload, 0);
  }

  /** The same for a payload that begins within the array and ends with it. */
  public boolean isNamedBy(byte[] payload, int from) {
    int length = PayloadHeader.LENGTH;
    return payload.length - from >= length
        && Arrays.equals(payload, from, from + length, header, 0, length);
  }

  /** Encrypts and authenticates; the result begins with the payload header. */
  public byte[] seal(byte[] plaintext) {
    return seal(plaintext, NO_MORE);
  }

  /** The same under more purposes, of which nothing is kept. */
  public byte[] seal(byte[] plaintext, String[] more) {
    int ivBytes = suite.isGcm() ? CipherSuite.GCM_NONCE_BYTES : CipherSuite.BLOCK_BYTES;
    int modifierAt = PayloadHeader.LENGTH;
    int ivAt = modifierAt + MODIFIER_BYTES;
    int ciphertextAt = ivAt + ivBytes;
    long ciphertextBytes =
        suite.isGcm()
            ? (long) plaintext.length + CipherSuite.GCM_TAG_BYTES
            : (plaintext.length / CipherSuite.BLOCK_BYTES + 1L) * CipherSuite.BLOCK_BYTES;
    long total = ciphertextAt + ciphertextBytes + suite.macBytes();
    if (total > Integer.MAX_VALUE - 8) {
      throw new DataProtectionException(
          "a plaintext of " + plaintext.length + " bytes is too long to be protected");
    }
    byte[] payload = new byte[(int) total];
    System.arraycopy(header, 0, payload, 0, header.length);
    Workspace workspace = workspaces.borrow();
    try {
      workspace.randomBytes(payload, modifierAt, MODIFIER_BYTES + ivBytes);
      derive(more, payload, modifierAt, workspace);
      initCipher(workspace, Cipher.ENCRYPT_MODE, payload, ivAt);
      encrypt(workspace, plaintext, payload, ciphertextAt);
      if (!suite.isGcm()) {
        int macAt = payload.length - suite.macBytes();
        workspace.hmac.compute(
            workspace.keys,
            suite.encryptionKeyBytes(),
            suite.macBytes(),
            payload,
            ivAt,
            macAt - ivAt,
            payload,
            macAt);
      }
      return payload;
    } catch (GeneralSecurityException e) {
      throw new DataProtectionException("the payload could not be encrypted", e);
    } finally {
      workspaces.giveBack(workspace);
    }
  }

  /**
   * Checks and decrypts a payload whose header names this key. The MAC is compared in constant time
   * before anything is decrypted.
   *
   * @throws DataProtectionException always with the same text, whatever part is wrong
   */
  public byte[] open(byte[] payload) {
    return open(payload, 0, NO_MORE);
  }

  /**
   * The same under more purposes, of which nothing is kept, for a payload that begins within the
   * array and ends with it.
   */
  public byte[] open(byte[] payload, int from, String[] more) {
    int ivBytes = suite.isGcm() ? CipherSuite.GCM_NONCE_BYTES : CipherSuite.BLOCK_BYTES;
    int modifierAt = from + PayloadHeader.LENGTH;
    int ivAt = modifierAt + MODIFIER_BYTES;
    int ciphertextAt = ivAt + ivBytes;
    int macAt = payload.length - suite.macBytes();
    int ciphertextBytes = macAt - ciphertextAt;
    // One block of CBC holds at least the padding; GCM has at least the tag.
    if (ciphertextBytes < MIN_CIPHERTEXT_BYTES) {
      throw invalid();
    }
    Workspace workspace = workspaces.borrow();
    try {
      derive(more, payload, modifierAt, workspace);
      if (!suite.isGcm()) {
        workspace.hmac.compute(
            workspace.keys,
            suite.encryptionKeyBytes(),
            suite.macBytes(),
            payload,
            ivAt,
            macAt - ivAt,
            workspace.mac,
            0);
        System.arraycopy(payload, macAt, workspace.sentMac, 0, suite.macBytes());
        if (!MessageDigest.isEqual(workspace.mac, workspace.sentMac)) {
          throw invalid();
        }
      }
      initCipher(workspace, Cipher.DECRYPT_MODE, payload, ivAt);
      return decrypt(workspace, payload, ciphertextAt, ciphertextBytes);
    } catch (GeneralSecurityException e) {
      throw invalid();
    } finally {
      workspaces.giveBack(workspace);
    }
  }

  private void derive(String[] more, byte[] payload, int modifierAt, Workspace workspace) {
    if (more.length == 0) {
      kdf.derive(payload, modifierAt, MODIFIER_BYTES, workspace.keys);
    } else {
      branches.derive(more, payload, modifierAt, MODIFIER_BYTES, workspace);
    }
  }

  private void encrypt(Workspace workspace, byte[] plaintext, byte[] payload, int at)
      throws GeneralSecurityException {
    if (suite.isGcm()) {
      workspace.cipher.doFinal(plaintext, 0, plaintext.length, payload, at);
      return;
    }
    byte[] padded = workspace.padded;
    int whole = 0;
    int written = 0;
    if (plaintext.length >= padded.length) {
      // A long text is worth a call more instead of a copy.
      whole = plaintext.length - plaintext.length % CipherSuite.BLOCK_BYTES;
      written = workspace.cipher.update(plaintext, 0, whole, payload, at);
    }
    int rest = plaintext.length - whole;
    int padding = CipherSuite.BLOCK_BYTES - rest % CipherSuite.BLOCK_BYTES;
    try {
      System.arraycopy(plaintext, whole, padded, 0, rest);
      Arrays.fill(padded, rest, rest + padding, (byte) padding);
      workspace.cipher.doFinal(padded, 0, rest + padding, payload, at + written);
    } finally {
      Arrays.fill(padded, 0, rest + padding, (byte) 0);
    }
  }

  /** What was authenticated: that its padding is right is no secret any more. */
  private byte[] decrypt(Workspace workspace, byte[] payload, int at, int length)
      throws GeneralSecurityException {
    if (suite.isGcm()) {
      return workspace.cipher.doFinal(payload, at, length);
    }
    byte[] padded = length <= workspace.padded.length ? workspace.padded : new byte[length];
    try {
      workspace.cipher.doFinal(payload, at, length, padded, 0);
      int padding = padded[length - 1];
      if (padding < 1 || padding > CipherSuite.BLOCK_BYTES) {
        throw invalid();
      }
      for (int i = length - padding; i < length; i++) {
        if (padded[i] != padding) {
          throw invalid();
        }
      }
      return Arrays.copyOf(padded, length - padding);
    } finally {
      Arrays.fill(padded, 0, length, (byte) 0);
    }
  }

  private void initCipher(Workspace workspace, int mode, byte[] payload, int ivAt)
      throws GeneralSecurityException {
    SecretKeySpec key = new SecretKeySpec(workspace.keys, 0, suite.encryptionKeyBytes(), "AES");
    if (suite.isGcm()) {
      workspace.cipher.init(
          mode,
          key,
          new GCMParameterSpec(
              CipherSuite.GCM_TAG_BYTES * 8, payload, ivAt, CipherSuite.GCM_NONCE_BYTES));
    } else {
      workspace.cipher.init(mode, key, new IvParameterSpec(payload, ivAt, CipherSuite.BLOCK_BYTES));
    }
  }

  private static DataProtectionException invalid() {
    return new DataProtectionException("the payload is invalid");
  }
}
