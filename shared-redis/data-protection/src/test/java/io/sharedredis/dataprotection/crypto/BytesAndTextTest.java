package io.sharedredis.dataprotection.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Header, ticks, strict UTF-8, purposes and text form, at their edges. */
class BytesAndTextTest {
  private final Random random = new Random(20_261_122);

  @Test
  void headerIsJudgedByItsFirstFourBytesAndItsLength() {
    byte[] header = Arrays.copyOf(new byte[] {0x09, (byte) 0xF0, (byte) 0xC9, (byte) 0xF0}, 20);
    UUID id = UUID.randomUUID();
    KeyIdBytes.put(id, header, 4);
    assertThat(PayloadHeader.judge(header)).isEqualTo(PayloadHeader.Verdict.OK);
    assertThat(PayloadHeader.keyId(header)).isEqualTo(id);
    assertThat(PayloadHeader.judge(Arrays.copyOf(header, 21))).isEqualTo(PayloadHeader.Verdict.OK);
    assertThat(PayloadHeader.judge(Arrays.copyOf(header, 19)))
        .isEqualTo(PayloadHeader.Verdict.NOT_OURS);
    assertThat(PayloadHeader.judge(new byte[0])).isEqualTo(PayloadHeader.Verdict.NOT_OURS);
    for (int bit = 0; bit < 32; bit++) {
      byte[] changed = header.clone();
      changed[bit / 8] ^= (byte) (0x80 >>> bit % 8);
      assertThat(PayloadHeader.judge(changed))
          .isEqualTo(
              bit < 28 ? PayloadHeader.Verdict.NOT_OURS : PayloadHeader.Verdict.NEWER_VERSION);
    }
  }

  @Test
  void ticksCountFromTheYearOneToTheLastInstantOfDotNet() {
    assertThat(DotNetTicks.of(Instant.parse("0001-01-01T00:00:00Z"))).isZero();
    assertThat(DotNetTicks.of(Instant.EPOCH)).isEqualTo(621_355_968_000_000_000L);
    assertThat(DotNetTicks.of(Instant.parse("2000-01-01T00:00:00.0000001Z")))
        .isEqualTo(630_822_816_000_000_001L);
    assertThat(DotNetTicks.of(DotNetTicks.MAX)).isEqualTo(3_155_378_975_999_999_999L);
    for (Instant outside :
        List.of(Instant.parse("0000-12-31T23:59:59.9999999Z"), DotNetTicks.MAX.plusNanos(1))) {
      assertThatThrownBy(() -> DotNetTicks.of(outside))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(outside.toString());
    }
  }

  @Test
  void ticksAreReadBackToTheTick() {
    for (long ticks : new long[] {0, 1, 9_999_999, 10_000_000, 3_155_378_975_999_999_999L}) {
      assertThat(DotNetTicks.of(DotNetTicks.toInstant(ticks))).isEqualTo(ticks);
    }
    assertThat(DotNetTicks.toInstant(1)).isEqualTo("0001-01-01T00:00:00.000000100Z");
    for (long ticks : new long[] {-1, Long.MIN_VALUE, 3_155_378_976_000_000_000L, Long.MAX_VALUE}) {
      assertThatThrownBy(() -> DotNetTicks.toInstant(ticks))
          .isExactlyInstanceOf(DataProtectionException.class)
          .hasMessage("the payload is invalid");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\uD800", "\uDFFF", "a\uD83D", "\uD83Da", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"})
  void unpairedSurrogateIsNeverWritten(String text) {
    assertThatThrownBy(() -> StrictUtf8.encode(text))
        .isExactlyInstanceOf(DataProtectionException.class);
    assertThatThrownBy(() -> PurposeChain.ROOT.with(text))
        .isExactlyInstanceOf(DataProtectionException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a", "\uD83D\uDE00", "\uD83D\uDE00\uD83D\uDE00x", "\u0000\uFFFD\uFEFF"})
  void anyOtherTextComesBack(String text) {
    byte[] bytes = StrictUtf8.encode(text);
    assertThat(bytes).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    assertThat(StrictUtf8.decode(bytes, 0, bytes.length)).isEqualTo(text);
    byte[] inside = Arrays.copyOf(bytes, bytes.length + 2);
    assertThat(StrictUtf8.decode(inside, 0, bytes.length)).isEqualTo(text);
  }

  @Test
  void brokenUtf8IsRefusedNotReplaced() {
    byte[][] broken = {
      {(byte) 0x80},
      {(byte) 0xC3},
      {(byte) 0xC0, (byte) 0x80},
      {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
      {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
      {'a', (byte) 0xFF}
    };
    for (byte[] bytes : broken) {
      assertThatThrownBy(() -> StrictUtf8.decode(bytes, 0, bytes.length))
          .isExactlyInstanceOf(DataProtectionException.class)
          .hasMessage("the plaintext is not UTF-8 text");
    }
  }

  @Test
  void purposesAreNeitherMergedNorReordered() {
    UUID id = new UUID(1, 2);
    List<PurposeChain> chains =
        List.of(
            PurposeChain.ROOT,
            PurposeChain.ROOT.with(""),
            PurposeChain.ROOT.with("ab"),
            PurposeChain.ROOT.with("a").with("b"),
            PurposeChain.ROOT.with("b").with("a"),
            PurposeChain.ROOT.with("a").with("").with("b"),
            PurposeChain.ROOT.with("a\u0301"),
            PurposeChain.ROOT.with("\u00e1"));
    assertThat(chains.stream().map(chain -> List.of(box(chain.label(id)))).distinct().count())
        .isEqualTo(chains.size());
    assertThat(PurposeChain.ROOT.with("a").with("b").purposes()).containsExactly("a", "b");
    assertThat(PurposeChain.ROOT.with("p").label(new UUID(1, 3)))
        .isNotEqualTo(PurposeChain.ROOT.with("p").label(id));
  }

  @Test
  void lengthOfAPurposeIsWrittenInSevenBitsAByte() {
    byte[] label = PurposeChain.ROOT.with("x".repeat(300)).label(new UUID(0, 0));
    assertThat(label).hasSize(20 + 4 + 2 + 300);
    assertThat(Arrays.copyOfRange(label, 20, 27)).containsExactly(0, 0, 0, 1, (byte) 0xAC, 2, 'x');
    assertThat(PurposeChain.ROOT.with("x".repeat(127)).label(new UUID(0, 0))).hasSize(20 + 5 + 127);
    assertThat(PurposeChain.ROOT.with("x".repeat(128)).label(new UUID(0, 0))).hasSize(20 + 6 + 128);
  }

  @Test
  void textFormIsBase64UrlWithoutPaddingOfAnyBytes() {
    for (int length = 0; length < 300; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      String text = PayloadText.encode(bytes);
      assertThat(text).isEqualTo(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
      assertThat(PayloadText.decode(text)).isEqualTo(bytes);
      assertThat(PayloadText.decode(Base64.getUrlEncoder().encodeToString(bytes))).isEqualTo(bytes);
      assertThat(PayloadText.decode(Base64.getMimeEncoder().encodeToString(bytes)))
          .isEqualTo(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        "AAAAA",
        "AA===",
        "AAA==",
        "AAAA=",
        "=",
        "A=A",
        "AA=A",
        "-_+/",
        "+A",
        "A/B",
        "-+AA",
        "AB",
        "AAB",
        "A!AA",
        "\u00c0AAA",
        "AAA\u0100",
        "AA\u000bA",
        "@AAA",
        "[AAA",
        "`AAA",
        "{AAA",
        ":AAA",
        ",AAA",
        ".AAA"
      })
  void textOfNeitherFormIsRefusedInTheSameWords(String text) {
    assertThatThrownBy(() -> PayloadText.decode(text))
        .isExactlyInstanceOf(DataProtectionException.class)
        .hasMessage("the text is not base64url");
  }

  private static List<Byte> box(byte[] bytes) {
    java.util.ArrayList<Byte> boxed = new java.util.ArrayList<>();
    for (byte b : bytes) {
      boxed.add(b);
    }
    return boxed;
  }
}
