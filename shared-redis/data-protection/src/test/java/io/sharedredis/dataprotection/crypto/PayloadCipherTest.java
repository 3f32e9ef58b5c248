package io.sharedredis.dataprotection.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.fuzz.ReferenceCipher;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Payloads of every algorithm against a second implementation of the format. */
class PayloadCipherTest {
  private static final UUID KEY_ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final List<String> PURPOSES =
      List.of("application", "", "p\u00fcrpose".repeat(30));
  private static final int IV_AT = PayloadHeader.LENGTH + 16;

  private final Random random = new Random(20_261_122);

  /** Every suite that a ring can hold, those that are only read included. */
  enum Suite {
    AES_128_CBC_MD5(CipherSuite.cbc(128, HashAlgorithm.MD5), 16, "HmacMD5"),
    AES_192_CBC_SHA1(CipherSuite.cbc(192, HashAlgorithm.SHA1), 24, "HmacSHA1"),
    AES_256_CBC_SHA256(CipherSuite.cbc(256, HashAlgorithm.SHA256), 32, "HmacSHA256"),
    AES_128_CBC_SHA384(CipherSuite.cbc(128, HashAlgorithm.SHA384), 16, "HmacSHA384"),
    AES_256_CBC_SHA512(CipherSuite.cbc(256, HashAlgorithm.SHA512), 32, "HmacSHA512"),
    AES_128_GCM(CipherSuite.gcm(128), 16, ""),
    AES_192_GCM(CipherSuite.gcm(192), 24, ""),
    AES_256_GCM(CipherSuite.gcm(256), 32, "");

    private final CipherSuite suite;
    private final int keyBytes;
    private final String mac;

    Suite(CipherSuite suite, int keyBytes, String mac) {
      this.suite = suite;
      this.keyBytes = keyBytes;
      this.mac = mac;
    }

    PayloadCipher cipher(byte[] masterKey) {
      return new PayloadCipher(
          KEY_ID,
          new KeyMaterial(suite, masterKey, new SecureRandom()),
          new PurposeChain(PURPOSES));
    }

    ReferenceCipher reference(byte[] masterKey) {
      return new ReferenceCipher(KEY_ID, masterKey, keyBytes, mac, PURPOSES);
    }

    boolean isGcm() {
      return mac.isEmpty();
    }

    int ivBytes() {
      return isGcm() ? 12 : 16;
    }
  }

  @ParameterizedTest
  @EnumSource
  void payloadIsThatOfASecondImplementation(Suite suite) {
    for (int keyLength : new int[] {0, 1, 64, 128, 129, 300}) {
      byte[] masterKey = bytes(keyLength);
      PayloadCipher cipher = suite.cipher(masterKey);
      ReferenceCipher reference = suite.reference(masterKey);
      for (int length : new int[] {0, 1, 15, 16, 17, 31, 32, 33, 500}) {
        byte[] plaintext = bytes(length);
        byte[] payload = cipher.seal(plaintext);
        byte[] modifier = Arrays.copyOfRange(payload, PayloadHeader.LENGTH, IV_AT);
        byte[] iv = Arrays.copyOfRange(payload, IV_AT, IV_AT + suite.ivBytes());
        assertThat(payload).isEqualTo(reference.seal(modifier, iv, plaintext));
        assertThat(cipher.open(payload)).isEqualTo(plaintext);
        byte[] theirs = reference.seal(bytes(16), bytes(suite.ivBytes()), plaintext);
        assertThat(cipher.open(theirs)).isEqualTo(plaintext);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void longPayloadIsThatOfASecondImplementation(Suite suite) {
    byte[] masterKey = bytes(64);
    PayloadCipher cipher = suite.cipher(masterKey);
    for (int length : new int[] {1023, 1024, 4095, 4096, 4097, 16_384, 16_399, 70_000}) {
      byte[] plaintext = bytes(length);
      byte[] payload = cipher.seal(plaintext);
      assertThat(
              suite
                  .reference(masterKey)
                  .seal(
                      Arrays.copyOfRange(payload, PayloadHeader.LENGTH, IV_AT),
                      Arrays.copyOfRange(payload, IV_AT, IV_AT + suite.ivBytes()),
                      plaintext))
          .isEqualTo(payload);
      assertThat(cipher.open(payload)).isEqualTo(plaintext);
    }
  }

  /** Long ones, empty ones and others than ASCII: what is hashed is put together differently. */
  @ParameterizedTest
  @EnumSource
  void purposesGivenWithTheCallAreThoseOfASecondImplementation(Suite suite) {
    byte[] masterKey = bytes(64);
    PayloadCipher cipher = suite.cipher(masterKey);
    List<List<String>> branches =
        List.of(
            List.of("one"),
            List.of("", "two", ""),
            List.of("p\u00fcrpose", "\ud83d\ude00".repeat(60)),
            List.of("x".repeat(127), "y".repeat(128), "z".repeat(20_000)),
            List.of("after a long one"));
    for (List<String> branch : branches) {
      List<String> purposes = new ArrayList<>(PURPOSES);
      purposes.addAll(branch);
      String[] more = branch.toArray(String[]::new);
      ReferenceCipher reference =
          new ReferenceCipher(KEY_ID, masterKey, suite.keyBytes, suite.mac, purposes);
      for (int length : new int[] {0, 15, 16, 700, 2031, 2032, 2047, 2048, 2064, 5000}) {
        byte[] plaintext = bytes(length);
        byte[] theirs = reference.seal(bytes(16), bytes(suite.ivBytes()), plaintext);
        assertThat(cipher.open(theirs, 0, more)).isEqualTo(plaintext);
        assertThat(reference.open(cipher.seal(plaintext, more))).isEqualTo(plaintext);
        byte[] behind = new byte[theirs.length + 5];
        System.arraycopy(theirs, 0, behind, 5, theirs.length);
        assertThat(cipher.open(behind, 5, more)).isEqualTo(plaintext);
        assertThat(cipher.isNamedBy(behind, 5)).isTrue();
        assertThat(cipher.isNamedBy(behind, 4)).isFalse();
      }
      refused(cipher, reference.seal(bytes(16), bytes(suite.ivBytes()), bytes(9)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void modifierAndIvAreNewEachTime(Suite suite) {
    PayloadCipher cipher = suite.cipher(bytes(64));
    Set<ByteBuffer> modifiers = new HashSet<>();
    Set<ByteBuffer> ivs = new HashSet<>();
    Set<Byte> lastBytes = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      byte[] payload = cipher.seal(new byte[1]);
      modifiers.add(ByteBuffer.wrap(payload, PayloadHeader.LENGTH, 16));
      ivs.add(ByteBuffer.wrap(payload, IV_AT, suite.ivBytes()));
      lastBytes.add(payload[IV_AT + suite.ivBytes() - 1]);
    }
    assertThat(modifiers).hasSize(1000);
    assertThat(ivs).hasSize(1000);
    // All bytes of the IV are random, the last one too: 1,000 draws give nearly all of 256.
    assertThat(lastBytes).hasSizeGreaterThan(200);
  }

  @ParameterizedTest
  @EnumSource
  void threadsShareACipher(Suite suite) {
    PayloadCipher cipher = suite.cipher(bytes(64));
    boolean allRight =
        IntStream.range(0, 400)
            .parallel()
            .allMatch(
                i -> {
                  byte[] plaintext = new byte[i];
                  Arrays.fill(plaintext, (byte) i);
                  return Arrays.equals(cipher.open(cipher.seal(plaintext)), plaintext);
                });
    assertThat(allRight).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void whateverIsWrongIsToldInTheSameWords(Suite suite) {
    byte[] masterKey = bytes(64);
    PayloadCipher cipher = suite.cipher(masterKey);
    ReferenceCipher reference = suite.reference(masterKey);
    byte[] payload = cipher.seal(bytes(40));
    for (int length = PayloadHeader.LENGTH; length < payload.length; length++) {
      refused(cipher, Arrays.copyOf(payload, length));
    }
    for (int at = PayloadHeader.LENGTH; at < payload.length; at++) {
      byte[] changed = payload.clone();
      changed[at] ^= 0x10;
      refused(cipher, changed);
    }
    refused(cipher, Arrays.copyOf(payload, payload.length + 1));
    refused(cipher, Arrays.copyOf(payload, payload.length + 16));
    if (!suite.isGcm()) {
      // Genuine MACs over what is no ciphertext: no block, half a block, a block with bad padding.
      refused(cipher, reference.authenticated(new byte[32]));
      refused(cipher, reference.authenticated(new byte[32 + 8]));
      byte[] badPadding = reference.authenticated(new byte[32 + 16]);
      assertThat(reference.open(badPadding)).isNull();
      refused(cipher, badPadding);
    }
  }

  @ParameterizedTest
  @EnumSource
  void macOverAnotherRangeIsRefused(Suite suite) throws Exception {
    if (suite.isGcm()) {
      return;
    }
    byte[] masterKey = bytes(64);
    PayloadCipher cipher = suite.cipher(masterKey);
    byte[] payload = cipher.seal(bytes(40));
    byte[] otherPurposes =
        new PayloadCipher(
                KEY_ID,
                new KeyMaterial(suite.suite, masterKey, new SecureRandom()),
                PurposeChain.ROOT.with("application"))
            .seal(bytes(40));
    refused(cipher, otherPurposes);
    int macBytes = javax.crypto.Mac.getInstance(suite.mac).getMacLength();
    byte[] zeroMac = payload.clone();
    Arrays.fill(zeroMac, payload.length - macBytes, payload.length, (byte) 0);
    refused(cipher, zeroMac);
    byte[] swapped = payload.clone();
    System.arraycopy(otherPurposes, IV_AT, swapped, IV_AT, payload.length - IV_AT);
    refused(cipher, swapped);
  }

  @Test
  void payloadOfAnotherKeyOrFormatIsNotTakenForOnesOwn() {
    PayloadCipher cipher = Suite.AES_256_GCM.cipher(bytes(64));
    byte[] payload = cipher.seal(bytes(5));
    assertThat(cipher.isNamedBy(payload)).isTrue();
    assertThat(cipher.isNamedBy(Arrays.copyOf(payload, PayloadHeader.LENGTH))).isTrue();
    assertThat(cipher.isNamedBy(Arrays.copyOf(payload, PayloadHeader.LENGTH - 1))).isFalse();
    assertThat(cipher.isNamedBy(new byte[0])).isFalse();
    for (int at = 0; at < PayloadHeader.LENGTH; at++) {
      byte[] changed = payload.clone();
      changed[at] ^= 1;
      assertThat(cipher.isNamedBy(changed)).isFalse();
    }
  }

  @Test
  void materialTellsItsAlgorithmsAndNeverItsSecret() {
    byte[] masterKey = bytes(64);
    KeyMaterial material =
        new KeyMaterial(Suite.AES_256_CBC_SHA256.suite, masterKey, new SecureRandom());
    assertThat(material.hasMasterKey(masterKey.clone())).isTrue();
    assertThat(material.hasMasterKey(new byte[64])).isFalse();
    assertThat(material.hasMasterKey(Arrays.copyOf(masterKey, 63))).isFalse();
    assertThat(material).hasToString("KeyMaterial[AES-256-CBC with HMAC-SHA256]");
    assertThat(material.suite()).isEqualTo(CipherSuite.cbc(256, HashAlgorithm.SHA256));
    byte[] payload =
        new PayloadCipher(KEY_ID, material, new PurposeChain(PURPOSES)).seal(new byte[3]);
    Arrays.fill(masterKey, (byte) 0);
    // The caller wipes his copy; the material has its own.
    assertThat(new PayloadCipher(KEY_ID, material, new PurposeChain(PURPOSES)).open(payload))
        .hasSize(3);
  }

  @Test
  void suitesAreEqualIfTheirBytesAre() {
    CipherSuite suite = CipherSuite.cbc(256, HashAlgorithm.SHA256);
    assertThat(suite).isEqualTo(CipherSuite.cbc(256, HashAlgorithm.SHA256));
    assertThat(suite).hasSameHashCodeAs(CipherSuite.cbc(256, HashAlgorithm.SHA256));
    Set<Integer> hashes = new HashSet<>();
    for (Suite one : Suite.values()) {
      hashes.add(one.suite.hashCode());
      assertThat(one.suite.equals(suite)).isEqualTo(one == Suite.AES_256_CBC_SHA256);
    }
    assertThat(hashes).hasSize(Suite.values().length);
    assertThat(suite).isNotEqualTo("AES").isNotEqualTo(null);
    assertThat(CipherSuite.gcm(192)).hasToString("AES-192-GCM");
  }

  @Test
  void keyOfALengthThatAesDoesNotTakeIsRefusedWithItsLength() {
    for (int bits : new int[] {0, 56, 120, 160, 248, 512}) {
      assertThatThrownBy(() -> CipherSuite.gcm(bits))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not " + bits);
      assertThatThrownBy(() -> CipherSuite.cbc(bits, HashAlgorithm.SHA256))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static void refused(PayloadCipher cipher, byte[] payload) {
    assertThatThrownBy(() -> cipher.open(payload))
        .isExactlyInstanceOf(DataProtectionException.class)
        .hasMessage("the payload is invalid")
        .hasNoCause();
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
