package io.sharedredis.dataprotection.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The payload format a second time, straight from its description and on {@code javax.crypto}
 * alone: slow, without caches, and sharing no code with what it is compared with.
 *
 * @param mac JCA name of the HMAC, or empty for GCM
 */
public record ReferenceCipher(
    UUID keyId, byte[] masterKey, int keyBytes, String mac, List<String> purposes) {
  private static final int HEADER = 20;
  private static final int MODIFIER = 16;
  private static final int TAG = 16;

  private boolean isGcm() {
    return mac.isEmpty();
  }

  private int ivBytes() {
    return isGcm() ? 12 : 16;
  }

  private int macBytes() throws GeneralSecurityException {
    return isGcm() ? 0 : Mac.getInstance(mac).getMacLength();
  }

  /** The plaintext, or null if the payload is not accepted. */
  public byte @Nullable [] open(byte[] payload) {
    try {
      int macAt = payload.length - macBytes();
      int ivAt = HEADER + MODIFIER;
      int sealedAt = ivAt + ivBytes();
      if (macAt - sealedAt < 16 || !Arrays.equals(payload, 0, HEADER, header(), 0, HEADER)) {
        return null;
      }
      byte[] keys = derive(Arrays.copyOfRange(payload, HEADER, ivAt));
      byte[] authenticated = Arrays.copyOfRange(payload, ivAt, macAt);
      byte[] sent = Arrays.copyOfRange(payload, macAt, payload.length);
      if (!isGcm() && !MessageDigest.isEqual(authenticate(keys, authenticated), sent)) {
        return null;
      }
      byte[] iv = Arrays.copyOf(authenticated, ivBytes());
      return cipher(Cipher.DECRYPT_MODE, keys, iv)
          .doFinal(authenticated, iv.length, authenticated.length - iv.length);
    } catch (GeneralSecurityException e) {
      return null;
    }
  }

  /**
   * A payload whose authentication is right, whatever its content: header, then modifier, IV and
   * ciphertext as given (for GCM: modifier, nonce and plaintext), then the MAC or tag.
   */
  public byte[] authenticated(byte[] content) {
    try {
      int ivEnd = MODIFIER + ivBytes();
      byte[] all = Arrays.copyOf(content, Math.max(content.length, ivEnd));
      byte[] keys = derive(Arrays.copyOf(all, MODIFIER));
      byte[] iv = Arrays.copyOfRange(all, MODIFIER, ivEnd);
      byte[] rest = Arrays.copyOfRange(all, ivEnd, all.length);
      byte[] sealed = isGcm() ? cipher(Cipher.ENCRYPT_MODE, keys, iv).doFinal(rest) : rest;
      byte[] ivAndSealed =
          ByteBuffer.allocate(iv.length + sealed.length).put(iv).put(sealed).array();
      byte[] tag = isGcm() ? new byte[0] : authenticate(keys, ivAndSealed);
      return ByteBuffer.allocate(HEADER + MODIFIER + ivAndSealed.length + tag.length)
          .put(header())
          .put(all, 0, MODIFIER)
          .put(ivAndSealed)
          .put(tag)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A payload with this modifier and IV. */
  public byte[] seal(byte[] modifier, byte[] iv, byte[] plaintext) {
    try {
      byte[] body =
          isGcm()
              ? plaintext
              : cipher(Cipher.ENCRYPT_MODE, derive(modifier), iv).doFinal(plaintext);
      return authenticated(
          ByteBuffer.allocate(MODIFIER + iv.length + body.length)
              .put(modifier)
              .put(iv)
              .put(body)
              .array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Magic and version, then the key id with its first three groups little-endian. */
  public byte[] header() {
    long high = keyId.getMostSignificantBits();
    return ByteBuffer.allocate(HEADER)
        .putInt(0x09F0C9F0)
        .putInt(Integer.reverseBytes((int) (high >>> 32)))
        .putShort(Short.reverseBytes((short) (high >>> 16)))
        .putShort(Short.reverseBytes((short) high))
        .putLong(keyId.getLeastSignificantBits())
        .array();
  }

  private Cipher cipher(int mode, byte[] keys, byte[] iv) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(isGcm() ? "AES/GCM/NoPadding" : "AES/CBC/PKCS5Padding");
    cipher.init(
        mode,
        new SecretKeySpec(keys, 0, keyBytes, "AES"),
        isGcm() ? new GCMParameterSpec(TAG * 8, iv) : new IvParameterSpec(iv));
    return cipher;
  }

  private byte[] authenticate(byte[] keys, byte[] data) throws GeneralSecurityException {
    return hmac(mac, Arrays.copyOfRange(keys, keyBytes, keys.length), data);
  }

  private byte[] derive(byte[] modifier) throws GeneralSecurityException {
    byte[] context = contextHeader();
    byte[] end = Arrays.copyOf(context, context.length + modifier.length);
    System.arraycopy(modifier, 0, end, context.length, modifier.length);
    return kdf(masterKey, label(), end);
  }

  private byte[] label() {
    ByteBuffer label = ByteBuffer.allocate(1 << 16).put(header()).putInt(purposes.size());
    for (String purpose : purposes) {
      byte[] text = purpose.getBytes(StandardCharsets.UTF_8);
      int rest = text.length;
      for (; rest >= 0x80; rest >>= 7) {
        label.put((byte) (rest | 0x80));
      }
      label.put((byte) rest).put(text);
    }
    return Arrays.copyOf(label.array(), label.position());
  }

  private byte[] contextHeader() throws GeneralSecurityException {
    byte[] keys = kdf(new byte[0], new byte[0], new byte[0]);
    byte[] sealed = cipher(Cipher.ENCRYPT_MODE, keys, new byte[ivBytes()]).doFinal();
    byte[] tag = isGcm() ? new byte[0] : authenticate(keys, new byte[0]);
    return ByteBuffer.allocate(18 + sealed.length + tag.length)
        .putShort((short) (isGcm() ? 1 : 0))
        .putInt(keyBytes)
        .putInt(ivBytes())
        .putInt(isGcm() ? 16 : tag.length)
        .putInt(isGcm() ? TAG : tag.length)
        .put(sealed)
        .put(tag)
        .array();
  }

  /** SP 800-108 in counter mode with HMAC-SHA-512. */
  private byte[] kdf(byte[] key, byte[] label, byte[] context) throws GeneralSecurityException {
    int length = keyBytes + macBytes();
    ByteBuffer out = ByteBuffer.allocate(length + 64);
    for (int i = 1; out.position() < length; i++) {
      ByteBuffer block = ByteBuffer.allocate(9 + label.length + context.length);
      block.putInt(i).put(label).put((byte) 0).put(context).putInt(length * 8);
      out.put(hmac("HmacSHA512", key, block.array()));
    }
    return Arrays.copyOf(out.array(), length);
  }

  /** JCA takes no empty key; one zero byte gives the same MAC. */
  private static byte[] hmac(String name, byte[] key, byte[] data) throws GeneralSecurityException {
    Mac hmac = Mac.getInstance(name);
    hmac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, name));
    return hmac.doFinal(data);
  }
}
