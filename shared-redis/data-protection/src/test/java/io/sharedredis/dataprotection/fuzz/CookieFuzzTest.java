package io.sharedredis.dataprotection.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sharedredis.dataprotection.aspnet.cookie.AuthenticationCookie;
import io.sharedredis.dataprotection.aspnet.cookie.ChunkedCookie;
import io.sharedredis.dataprotection.aspnet.cookie.RequestCookies;
import io.sharedredis.dataprotection.interop.Interop;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The Cookie header of a request, and any value cut into chunks and joined again. */
class CookieFuzzTest {
  private static final ChunkedCookie COOKIE = AuthenticationCookie.defaultCookie("Cookies");
  private static final AuthenticationCookie SIGN_IN =
      new AuthenticationCookie(
          FuzzRing.CBC_SHA256.ring(), "Cookies", COOKIE, InstantSource.fixed(FuzzRing.NOW));

  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void chunkedCookies(byte[] input) {
    String header = new String(input, StandardCharsets.ISO_8859_1);
    RequestCookies request = Cost.bounded(input.length, () -> RequestCookies.parse(header));
    Optional<String> value = Cost.bounded(input.length, () -> COOKIE.read(request));
    assertThat(value.orElse("").length()).isLessThanOrEqualTo(input.length);
    assertThat(value.isPresent()).isEqualTo(request.get(COOKIE.name()).isPresent());
    assertThat(SIGN_IN.read(request)).isEmpty();
    List<String> gone = Cost.bounded(input.length, () -> COOKIE.deletion(request));
    // Each deleted chunk was sent: at least its name, an equals sign and a semicolon.
    assertThat(gone).hasSizeLessThanOrEqualTo(2 + input.length / COOKIE.name().length());
    assertThat(gone).allMatch(CookieFuzzTest::isOneHeader);
    roundTrip(new String(input, StandardCharsets.UTF_8), input.length);
  }

  private static void roundTrip(String value, int seed) {
    // A value that looks like a count of chunks is one, in .NET as here.
    if (value.startsWith("chunks-")) {
      return;
    }
    int size = 60 + seed % 200;
    ChunkedCookie cookie = new ChunkedCookie("auth cookie", "path=/; httponly", size);
    List<String> headers = cookie.headers(value);
    assertThat(headers).allMatch(CookieFuzzTest::isOneHeader);
    String sent =
        headers.stream()
            .map(header -> header.substring(0, header.indexOf(';')))
            .collect(Collectors.joining("; "));
    RequestCookies request = RequestCookies.parse(sent);
    if (value.codePoints().noneMatch(c -> c > 0xffff)) {
      assertThat(cookie.read(request)).hasValue(value);
    }
    assertThat(cookie.deletion(request)).hasSameSizeAs(headers);
  }

  private static boolean isOneHeader(String header) {
    return header.chars().allMatch(c -> c >= ' ' && c < 0x7f);
  }

  static Stream<byte[]> chunkedCookies() {
    JsonNode cookies = Interop.json("cookies.json");
    return Stream.concat(
            StreamSupport.stream(cookies.get("tampered").spliterator(), false)
                .map(one -> Interop.text(one.get("cookie_header"))),
            Stream.of(
                ".AspNetCore.Cookies=chunks-2; .AspNetCore.CookiesC1=a%20b; .AspNetCore.CookiesC2=",
                ".AspNetCore.Cookies=chunks-2147483647; .AspNetCore.CookiesC1=x",
                ".aspnetcore.cookies=%41%zz%; a=\"b\"; =c;;",
                "ä€ß and \u0000 control"))
        .filter(header -> header != null && header.length() < 4096)
        .map(Interop::utf8);
  }
}
