package io.sharedredis.spring.security;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Held to tokens that ASP.NET Core made. */
class AntiforgeryTokenTest {

  @Test
  void cookieHalfIsReadAndWrittenAsDotNetDoes() throws IOException {
    byte[] bytes = bytes(recorded().get("cookie_plaintext"));
    AntiforgeryToken token = AntiforgeryToken.fromBytes(bytes);
    assertThat(token.isCookieHalf()).isTrue();
    assertThat(token.toBytes()).isEqualTo(bytes);
  }

  @Test
  void requestHalfForAUserNameIsReadAndWrittenAsDotNetDoes() throws IOException {
    int named = 0;
    for (JsonNode recorded : recorded().get("requests")) {
      byte[] bytes = bytes(recorded.get("request_plaintext"));
      AntiforgeryToken token = AntiforgeryToken.fromBytes(bytes);
      if (recorded.get("name").isNull()) {
        // Bound to claims: not what we issue, and nothing we would accept.
        assertThat(token).isNull();
      } else {
        named++;
        assertThat(token.userName()).isEqualTo(recorded.get("name").asString());
        assertThat(token.toBytes()).isEqualTo(bytes);
      }
    }
    assertThat(named).isPositive();
  }

  @Test
  void bytesThatAreNoTokenAreRefusedWithoutAnException() throws IOException {
    byte[] good = AntiforgeryToken.request(new byte[16], "größer".repeat(30)).toBytes();
    for (int length = 0; length < good.length; length++) {
      AntiforgeryToken cut = AntiforgeryToken.fromBytes(Arrays.copyOf(good, length));
      assertThat(cut).as("cut to %d", length).isNull();
    }
    assertThat(AntiforgeryToken.fromBytes(Arrays.copyOf(good, good.length + 1))).isNull();
    assertThat(AntiforgeryToken.fromBytes(good).userName()).isEqualTo("größer".repeat(30));
    good[0] = 2;
    assertThat(AntiforgeryToken.fromBytes(good)).isNull();
  }

  @Test
  void cookieIsNamedAsDotNetNamesIt() throws IOException {
    for (JsonNode recorded : recorded().get("cookie_names")) {
      JsonNode discriminator = recorded.get("discriminator");
      String application = discriminator.isNull() ? "" : discriminator.asString();
      assertThat(AntiforgeryTokens.cookieName(application))
          .isEqualTo(recorded.get("cookie_name").asString());
    }
  }

  private static byte[] bytes(JsonNode base64) {
    return Base64.getDecoder().decode(base64.asString());
  }

  private static JsonNode recorded() throws IOException {
    try (var file = AntiforgeryTokenTest.class.getResourceAsStream("/interop/antiforgery.json")) {
      return JsonMapper.shared().readTree(file);
    }
  }
}
