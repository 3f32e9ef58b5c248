package io.sharedredis.conformance;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** HS256 tokens with a fresh key for each process: only signature and lifetime are checked. */
@Component
class Tokens {
  private static final String NAME_CLAIM =
      "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";
  private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");

  private final InstantSource clock = InstantSource.system();
  private final JsonMapper json = JsonMapper.shared();
  private final byte[] key = new byte[32];

  Tokens() {
    new SecureRandom().nextBytes(key);
  }

  /** Who a token signs in, and until when. */
  record SignIn(String user, Instant expires) {}

  String create(String user, Duration lifetime) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put(NAME_CLAIM, user);
    claims.put("exp", clock.instant().plus(lifetime).getEpochSecond());
    claims.put("iss", "SignalRTestServer");
    claims.put("aud", "SignalRTests");
    String signed = HEADER + "." + encode(json.writeValueAsString(claims));
    return signed + "." + sign(signed);
  }

  /** What a token says; null when it is none of ours, or has expired. */
  @Nullable SignIn read(String token) {
    int dot = token.lastIndexOf('.');
    if (dot < 0
        || !MessageDigest.isEqual(
            sign(token.substring(0, dot)).getBytes(StandardCharsets.US_ASCII),
            token.substring(dot + 1).getBytes(StandardCharsets.US_ASCII))) {
      return null;
    }
    try {
      String claims = token.substring(token.indexOf('.') + 1, dot);
      JsonNode said = json.readTree(Base64.getUrlDecoder().decode(claims));
      Instant expires = Instant.ofEpochSecond(said.path("exp").asLong(0));
      return clock.instant().isBefore(expires)
          ? new SignIn(said.path(NAME_CLAIM).asString(""), expires)
          : null;
    } catch (IllegalArgumentException | JacksonException e) {
      return null;
    }
  }

  private String sign(String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return encode(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encode(String text) {
    return encode(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
