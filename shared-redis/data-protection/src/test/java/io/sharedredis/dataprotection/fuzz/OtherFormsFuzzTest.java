package io.sharedredis.dataprotection.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.aspnet.identity.IdentityTokens;
import io.sharedredis.dataprotection.aspnet.session.SessionData;
import io.sharedredis.dataprotection.atrest.CertificateDecryptor;
import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.interop.Interop;
import io.sharedredis.dataprotection.xml.HardenedXml;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The smaller readers: text form, session bytes, encrypted secrets, expiry, Identity's tokens. */
class OtherFormsFuzzTest {
  private static final long MAX_TICKS = 3_155_378_975_999_999_999L;
  private static final long TICKS_NOW = 638_751_744_000_000_000L;
  private static final DataProtector PROTECTOR = FuzzRing.GCM_256.ring().protector("other");
  private static final DataProtector INSIDE =
      PROTECTOR.protector("Microsoft.AspNetCore.DataProtection.TimeLimitedDataProtector.v1");
  private static final CertificateDecryptor CERTIFICATE = Interop.certificates("rsa2048");

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void payloadText(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    Answer<byte[]> answer =
        Cost.bounded(input.length, () -> Answer.of(() -> PayloadText.decode(text)));
    String canonical = PayloadText.encode(input);
    assertThat(PayloadText.decode(canonical)).isEqualTo(input);
    assertThat(Base64.getUrlDecoder().decode(canonical)).isEqualTo(input);
    if (!answer.isRefused()) {
      assertThat(PayloadText.decode(PayloadText.encode(answer.get()))).isEqualTo(answer.get());
    }
    String plain = text.replaceAll("[ \t\r\n]", "");
    if (plain.matches("[A-Za-z0-9_-]*")) {
      // Java's decoder lets unused bits be anything, .NET and this one do not.
      byte[] second = plain.length() % 4 == 1 ? null : Base64.getUrlDecoder().decode(plain);
      boolean same = second != null && PayloadText.encode(second).equals(plain);
      assertThat(answer.value()).isEqualTo(same ? second : null);
    }
  }

  static Stream<byte[]> payloadText() {
    JsonNode texts = Interop.json("base64url.json");
    return StreamSupport.stream(texts.get("cases").spliterator(), false)
        .map(one -> Interop.text(one.get("text")))
        .filter(text -> text != null)
        .map(text -> text.getBytes(StandardCharsets.ISO_8859_1));
  }

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void session(byte[] bytes) {
    Answer<SessionData> answer =
        Cost.bounded(bytes.length, () -> Answer.of(() -> SessionData.read(bytes)));
    if (!answer.isRefused()) {
      SessionData again = SessionData.read(answer.get().write());
      assertThat(again.id()).isEqualTo(answer.get().id());
      assertThat(again.write()).isEqualTo(answer.get().write());
    }
  }

  static Stream<byte[]> session() {
    ByteBuffer one = ByteBuffer.allocate(28).putInt(2 << 24 | 1).putLong(7).putLong(8);
    return Stream.of(
        one.putShort((short) 1).put((byte) 'k').putInt(1).put((byte) 9).array(),
        ByteBuffer.allocate(20).putInt(2 << 24).array(),
        ByteBuffer.allocate(20).putInt(2 << 24 | 0xffffff).array(),
        new byte[] {2, 0, 0});
  }

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void encryptedSecret(byte[] input) {
    String xml = new String(input, StandardCharsets.UTF_8);
    Answer<String> answer =
        Cost.bounded(
            input.length,
            () -> Answer.of(() -> CERTIFICATE.decrypt(HardenedXml.firstElement(xml))));
    Answer<String> again =
        Answer.of(() -> CERTIFICATE.decrypt(HardenedXml.firstElement(xml + "<!-- behind -->")));
    assertThat(again.value()).isEqualTo(answer.value());
    boolean parsed = !Answer.of(() -> HardenedXml.firstElement(xml)).isRefused();
    if (parsed && answer.isRefused()) {
      assertThat(answer.refusal())
          .isIn("the secret cannot be decrypted", "no configured certificate opens the secret");
    }
  }

  static Stream<byte[]> encryptedSecret() {
    JsonNode verdicts = Interop.json("xmlenc-verdicts.json");
    String certificate = Interop.text(verdicts.get("certificate_base64"));
    return StreamSupport.stream(verdicts.get("cases").spliterator(), false)
        .map(one -> Interop.text(one.get("encrypted_data")).replace("{CERT}", certificate))
        .map(Interop::utf8);
  }

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void timeLimited(byte[] content) {
    byte[] payload = INSIDE.protect(content);
    Answer<byte[]> answer = Answer.of(() -> PROTECTOR.timeLimited().unprotect(payload));
    long ticks = content.length < 8 ? -1 : ByteBuffer.wrap(content).getLong();
    assertThat(answer.isRefused()).isEqualTo(ticks < TICKS_NOW || ticks > MAX_TICKS);
    if (!answer.isRefused()) {
      assertThat(answer.get()).hasSize(content.length - 8);
    }
    assertThat(Answer.of(() -> PROTECTOR.unprotect(payload)).isRefused()).isTrue();
  }

  static Stream<byte[]> timeLimited() {
    return Stream.of(-1L, 0L, TICKS_NOW - 1, TICKS_NOW, MAX_TICKS, MAX_TICKS + 1, Long.MAX_VALUE)
        .map(ticks -> ByteBuffer.allocate(10).putLong(ticks).array());
  }

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void identityToken(byte[] content) {
    IdentityTokens tokens =
        new IdentityTokens(
            FuzzRing.GCM_256.ring(),
            IdentityTokens.DEFAULT_NAME,
            Duration.ofDays(1),
            InstantSource.fixed(FuzzRing.NOW));
    String token =
        Base64.getEncoder()
            .encodeToString(
                FuzzRing.GCM_256.ring().protector(IdentityTokens.DEFAULT_NAME).protect(content));
    boolean valid = Cost.bounded(content.length, () -> tokens.isValid(token, "p", "u", ""));
    boolean right =
        content.length == 13
            && content[8] == 1
            && content[9] == 'u'
            && content[10] == 1
            && content[11] == 'p'
            && content[12] == 0;
    assertThat(right || !valid).isTrue();
    assertThat(tokens.isValid(new String(content, StandardCharsets.UTF_8), "p", "u", "")).isFalse();
  }

  static Stream<byte[]> identityToken() {
    byte[] genuine =
        ByteBuffer.allocate(13)
            .putLong(Long.reverseBytes(TICKS_NOW))
            .put(new byte[] {1, 'u', 1, 'p', 0})
            .array();
    return Stream.of(genuine, new byte[12]);
  }
}
