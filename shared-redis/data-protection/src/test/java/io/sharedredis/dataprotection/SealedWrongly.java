package io.sharedredis.dataprotection;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/**
 * Payloads of a ring's own key, made for the purpose p, whose sealed part is wrong in every way.
 */
final class SealedWrongly {
  private static final int SEALED_AT = 20;

  private SealedWrongly() {}

  static Map<String, byte[]> payloads(DataProtection ring) {
    byte[] genuine = ring.protector("p").protect(new byte[100]);
    Map<String, byte[]> bad = new LinkedHashMap<>();
    bad.put("modifier changed", flipped(genuine, SEALED_AT));
    bad.put("IV changed", flipped(genuine, SEALED_AT + 16));
    bad.put("ciphertext changed", flipped(genuine, SEALED_AT + 16 + 16 + 20));
    bad.put("last byte changed", flipped(genuine, genuine.length - 1));
    bad.put("first byte of the tag changed", flipped(genuine, genuine.length - 16));
    byte[] zero = genuine.clone();
    Arrays.fill(zero, genuine.length - 16, genuine.length, (byte) 0);
    bad.put("tag of zeros", zero);
    byte[] noise = genuine.clone();
    byte[] some = new byte[genuine.length - SEALED_AT];
    new Random(20_261_122).nextBytes(some);
    System.arraycopy(some, 0, noise, SEALED_AT, some.length);
    bad.put("nothing but noise", noise);
    bad.put("of another purpose", ring.protector("q").protect(new byte[100]));
    bad.put("of a longer chain", ring.protector("p", "").protect(new byte[100]));
    bad.put("cut behind the header", Arrays.copyOf(genuine, SEALED_AT));
    bad.put("cut behind the IV", Arrays.copyOf(genuine, SEALED_AT + 32));
    bad.put("cut by a block", Arrays.copyOf(genuine, genuine.length - 16));
    bad.put("cut by a byte", Arrays.copyOf(genuine, genuine.length - 1));
    return bad;
  }

  private static byte[] flipped(byte[] payload, int at) {
    byte[] changed = payload.clone();
    changed[at] ^= 0x20;
    return changed;
  }
}
