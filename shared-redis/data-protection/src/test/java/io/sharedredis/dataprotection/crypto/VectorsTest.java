package io.sharedredis.dataprotection.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.interop.Interop;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** vectors.json: known answers for the parts below a protector. */
class VectorsTest {
  private static final JsonNode VECTORS = Interop.vectors();

  @TestFactory
  Stream<DynamicTest> derivedKeysAreThoseOfSp800108() {
    return each("sp800_108_ctr_hmacsha512", this::checkDerivation);
  }

  private void checkDerivation(JsonNode vector) {
    byte[] key =
        vector.get("kdk_hex").asString().startsWith("@")
            ? counting(50_000)
            : hex(vector, "kdk_hex");
    byte[] context = utf8(vector, "context_utf8");
    CounterKdf kdf =
        new CounterKdf(
            key,
            utf8(vector, "label_utf8"),
            utf8(vector, "context_header_utf8"),
            vector.get("output_bytes").asInt());
    byte[] out = new byte[kdf.scratchBytes()];
    // Twice: the kept state must not wear out.
    kdf.derive(context, 0, context.length, out);
    kdf.derive(context, 0, context.length, out);
    assertThat(Arrays.copyOf(out, kdf.outputBytes()))
        .isEqualTo(Interop.base64(vector.get("output_base64")));
  }

  @TestFactory
  Stream<DynamicTest> derivedKeysAreThoseOfTheDocumentation() {
    return each(
        "sp800_108_docs",
        vector -> {
          int length = vector.get("output_bytes").asInt();
          CounterKdf kdf = new CounterKdf(new byte[0], new byte[0], new byte[0], length);
          byte[] out = new byte[kdf.scratchBytes()];
          kdf.derive(new byte[0], 0, 0, out);
          assertThat(Arrays.copyOf(out, length)).isEqualTo(hex(vector, "output_hex"));
        });
  }

  @TestFactory
  Stream<DynamicTest> contextHeaderNamesTheAlgorithms() {
    return each(
        "context_headers",
        vector -> {
          String name = vector.get("algorithm").asString();
          // Triple DES never was a cipher of payloads that .NET 10 reads.
          if (!name.startsWith("3DES")) {
            assertThat(suite(name).contextHeader()).isEqualTo(hex(vector, "hex"));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> knownKeyGivesKnownBody() {
    return each("encryptor_known_key", this::checkKnownKey);
  }

  private void checkKnownKey(JsonNode vector) {
    CipherSuite suite = suite(vector.get("algorithm").asString());
    byte[] aad = hex(vector, "aad_hex");
    CounterKdf kdf =
        new CounterKdf(
            utf8(vector, "master_key_utf8"), aad, suite.contextHeader(), suite.derivedBytes());
    assertThat(kdf.outputBytes()).isEqualTo(suite.derivedBytes());
    byte[] body = Interop.base64(vector.get("result_base64"));
    int from = vector.path("prebuffer_zero_bytes").asInt(0);
    body =
        Arrays.copyOfRange(body, from, body.length - vector.path("postbuffer_zero_bytes").asInt(0));
    KeyMaterial material =
        new KeyMaterial(suite, utf8(vector, "master_key_utf8"), new SequentialRandom());
    PayloadCipher cipher = PayloadCipher.withLabel(new UUID(0, 0), material, aad);
    byte[] payload = cipher.seal(hex(vector, "plaintext_hex"));
    assertThat(Arrays.copyOfRange(payload, PayloadHeader.LENGTH, payload.length)).isEqualTo(body);
    assertThat(cipher.open(payload)).isEqualTo(hex(vector, "plaintext_hex"));
  }

  @TestFactory
  Stream<DynamicTest> labelBindsKeyAndPurposes() {
    return each(
        "aad",
        vector ->
            assertThat(
                    new PurposeChain(Interop.strings(vector.get("purposes")))
                        .label(UUID.fromString(vector.get("key_id").asString())))
                .isEqualTo(
                    vector.has("aad_base64")
                        ? Interop.base64(vector.get("aad_base64"))
                        : hex(vector, "aad_hex")));
  }

  @TestFactory
  Stream<DynamicTest> keyIdIsWrittenInTheOrderOfDotNet() {
    return each(
        "guid_bytes",
        vector -> {
          byte[] bytes = new byte[20];
          UUID id = UUID.fromString(vector.get("guid").asString());
          KeyIdBytes.put(id, bytes, 4);
          assertThat(Arrays.copyOfRange(bytes, 4, 20)).isEqualTo(hex(vector, "bytes_hex"));
          assertThat(KeyIdBytes.get(bytes, 4)).isEqualTo(id);
        });
  }

  @TestFactory
  Stream<DynamicTest> wholePayloadIsThatOfTheVector() {
    return each("protected_payloads", this::checkPayload);
  }

  private void checkPayload(JsonNode vector) {
    String validation = Interop.text(vector.get("validation"));
    CipherSuite suite =
        suite(vector.get("encryption").asString() + (validation == null ? "" : "+" + validation));
    ByteArrayOutputStream random = new ByteArrayOutputStream();
    random.writeBytes(hex(vector, "key_modifier_hex"));
    random.writeBytes(hex(vector, vector.has("iv_hex") ? "iv_hex" : "nonce_hex"));
    PayloadCipher cipher =
        new PayloadCipher(
            UUID.fromString(vector.get("key_id").asString()),
            new KeyMaterial(
                suite,
                Interop.base64(vector.get("master_key_base64")),
                new FixedRandom(random.toByteArray())),
            new PurposeChain(Interop.strings(vector.get("purposes"))));
    byte[] payload = cipher.seal(hex(vector, "plaintext_hex"));
    assertThat(HexFormat.of().formatHex(payload))
        .isEqualTo(Interop.text(vector.get("protected_hex")));
    assertThat(PayloadText.encode(payload))
        .isEqualTo(Interop.text(vector.get("protected_base64url")));
    assertThat(cipher.open(payload)).isEqualTo(hex(vector, "plaintext_hex"));
  }

  private static CipherSuite suite(String name) {
    int bits = Integer.parseInt(name.substring(4, 7));
    if (name.contains("GCM")) {
      return CipherSuite.gcm(bits);
    }
    return CipherSuite.cbc(
        bits, name.contains("SHA512") ? HashAlgorithm.SHA512 : HashAlgorithm.SHA256);
  }

  private interface Check {
    void run(JsonNode vector);
  }

  private static Stream<DynamicTest> each(String group, Check check) {
    int[] index = {0};
    return StreamSupport.stream(VECTORS.get(group).spliterator(), false)
        .map(vector -> DynamicTest.dynamicTest(group + " " + index[0]++, () -> check.run(vector)));
  }

  private static byte[] hex(JsonNode vector, String name) {
    return Interop.hex(vector.get(name));
  }

  private static byte[] utf8(JsonNode vector, String name) {
    return vector.get(name).asString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  /** 00, 01, 02, … */
  private static final class SequentialRandom extends SecureRandom {
    private byte next;

    @Override
    public void nextBytes(byte[] bytes) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = next++;
      }
    }
  }

  /** The given bytes, over and over. */
  private static final class FixedRandom extends SecureRandom {
    private final byte[] fixed;

    FixedRandom(byte[] fixed) {
      this.fixed = fixed;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = fixed[i % fixed.length];
      }
    }
  }
}
