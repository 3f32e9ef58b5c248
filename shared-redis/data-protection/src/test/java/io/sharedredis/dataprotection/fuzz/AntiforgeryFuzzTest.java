package io.sharedredis.dataprotection.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryTokens;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryTokens.Verdict;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryUser;
import io.sharedredis.dataprotection.crypto.PayloadText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The content of an antiforgery token beneath a sound envelope. A second reader of the format says
 * what the verdict must be.
 */
class AntiforgeryFuzzTest {
  private static final DataProtector PROTECTOR =
      FuzzRing.CBC_SHA256.ring().protector("Microsoft.AspNetCore.Antiforgery.AntiforgeryToken.v1");
  private static final AntiforgeryTokens TOKENS =
      new AntiforgeryTokens(FuzzRing.CBC_SHA256.ring(), new SecureRandom());
  private static final byte[] SECURITY_TOKEN = new byte[16];

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void antiforgery(byte[] content) {
    String token = protect(content);
    String cookie = protect(concat(new byte[] {1}, SECURITY_TOKEN, new byte[] {1}));
    Verdict verdict =
        Cost.bounded(
            content.length,
            () -> TOKENS.check(cookie, token, AntiforgeryUser.ANONYMOUS, String::isEmpty));
    assertThat(verdict).isEqualTo(expected(content));
    assertThat(TOKENS.check(token, token, AntiforgeryUser.ANONYMOUS, data -> true))
        .isEqualTo(verdict == Verdict.UNREADABLE ? Verdict.UNREADABLE : Verdict.SWAPPED);
    // Not under its envelope: never readable.
    String bare = new String(content, StandardCharsets.ISO_8859_1);
    assertThat(TOKENS.check(cookie, bare, AntiforgeryUser.ANONYMOUS, data -> true))
        .isEqualTo(Verdict.UNREADABLE);
    Answer<String> request =
        Answer.of(() -> TOKENS.newRequestToken(token, AntiforgeryUser.ANONYMOUS, ""));
    assertThat(request.isRefused()).isEqualTo(verdict != Verdict.SWAPPED);
    if (!request.isRefused()) {
      assertThat(TOKENS.check(token, request.get(), AntiforgeryUser.ANONYMOUS, String::isEmpty))
          .isEqualTo(Verdict.VALID);
    }
  }

  /** The verdict for the content as a request token beside a cookie token of sixteen zeros. */
  private static Verdict expected(byte[] content) {
    if (content.length < 18 || content[0] != 1) {
      return Verdict.UNREADABLE;
    }
    if (content[17] != 0) {
      return content.length == 18 ? Verdict.SWAPPED : Verdict.UNREADABLE;
    }
    if (content.length < 19) {
      return Verdict.UNREADABLE;
    }
    boolean claims = content[18] != 0;
    int user = 19;
    int data = claims ? user + 32 : end(content, user);
    if (data < 0 || data > content.length || end(content, data) != content.length) {
      return Verdict.UNREADABLE;
    }
    if (!Arrays.equals(content, 1, 17, SECURITY_TOKEN, 0, 16)) {
      return Verdict.NO_PAIR;
    }
    if (claims || textLength(content, user) > 0) {
      return Verdict.OTHER_USER;
    }
    return textLength(content, data) == 0 ? Verdict.VALID : Verdict.ADDITIONAL_DATA;
  }

  /** Where the text that starts at an index ends, or -1. */
  private static int end(byte[] content, int start) {
    long length = textLength(content, start);
    long end = length < 0 ? -1 : start + prefixLength(content, start) + length;
    return end < 0 || end > content.length ? -1 : (int) end;
  }

  private static int prefixLength(byte[] content, int start) {
    int at = start;
    while (content[at] < 0) {
      at++;
    }
    return at + 1 - start;
  }

  /** Length that a text announces in seven bits a byte, at most 31 bits; -1 if malformed. */
  private static long textLength(byte[] content, int start) {
    long length = 0;
    for (int i = 0; i < 5; i++) {
      if (start + i >= content.length) {
        return -1;
      }
      length |= (content[start + i] & 0x7fL) << 7 * i;
      if (content[start + i] >= 0) {
        return length > Integer.MAX_VALUE ? -1 : length;
      }
    }
    return -1;
  }

  private static String protect(byte[] content) {
    return PayloadText.encode(PROTECTOR.protect(content));
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Stream.of(parts).forEach(all::writeBytes);
    return all.toByteArray();
  }

  static Stream<byte[]> antiforgery() {
    byte[] start = concat(new byte[] {1}, SECURITY_TOKEN);
    return Stream.of(
        concat(start, new byte[] {1}),
        concat(start, new byte[] {0, 0, 0, 0}),
        concat(start, new byte[] {0, 0, 4}, "user".getBytes(StandardCharsets.UTF_8), new byte[1]),
        concat(start, new byte[] {0, 1}, new byte[32], new byte[] {2, 'a', 'b'}),
        concat(start, new byte[] {0, 0, 0, (byte) 0x80, 1}, new byte[128]),
        concat(start, new byte[] {0, 0, -1, -1, -1, -1, 7}),
        new byte[] {2});
  }
}
