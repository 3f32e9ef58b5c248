package io.sharedredis.dataprotection.aspnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.aspnet.cookie.ChunkedCookie;
import io.sharedredis.dataprotection.aspnet.cookie.RequestCookies;
import io.sharedredis.dataprotection.aspnet.identity.IdentityTokens;
import io.sharedredis.dataprotection.aspnet.identity.PasswordHashes;
import io.sharedredis.dataprotection.aspnet.identity.PasswordHashes.Verdict;
import io.sharedredis.dataprotection.aspnet.session.SessionCookie;
import io.sharedredis.dataprotection.aspnet.session.SessionData;
import io.sharedredis.dataprotection.aspnet.ticket.StateProtector;
import io.sharedredis.dataprotection.aspnet.ticket.TicketFormat;
import io.sharedredis.dataprotection.crypto.DotNetTicks;
import io.sharedredis.dataprotection.interop.Interop;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** session.json, tempdata.json, oauth.json, identity.json, password-hashes.json. */
class OthersInteropTest {
  private static DataProtection ring(JsonNode record) {
    return Interop.open(record.get("ring").asString(), Interop.text(record.get("application")));
  }

  @TestFactory
  Stream<DynamicTest> sessionCookieAndBytesAreThoseOfDotNet() {
    JsonNode record = Interop.json("session.json");
    SessionCookie cookie = new SessionCookie(ring(record));
    return each(
        record.get("sessions"),
        one -> {
          String value = cookieValue(one, SessionCookie.COOKIE_NAME);
          JsonNode operations = one.get("cache_operations");
          JsonNode set = operations.get(operations.size() - 1);
          String key = set.get("key").asString();
          assertThat(cookie.unprotect(value)).contains(key);
          assertThat(cookie.protect(key)).hasSameSizeAs(value);
          assertThat(cookie.unprotect(cookie.protect(key))).contains(key);
          byte[] bytes = Interop.base64(set.get("value_base64"));
          SessionData session = SessionData.read(bytes);
          assertThat(session.write()).isEqualTo(bytes);
          assertThat(session.id()).isEqualTo(UUID.fromString(one.get("session_id").asString()));
          Map<String, String> values = new LinkedHashMap<>();
          session
              .values()
              .forEach((name, each) -> values.put(name, Base64.getEncoder().encodeToString(each)));
          Map<String, String> expected = new LinkedHashMap<>();
          one.get("read_back_with_cookie")
              .get("values")
              .properties()
              .forEach(entry -> expected.put(entry.getKey(), Interop.text(entry.getValue())));
          assertThat(values).isEqualTo(expected);
        });
  }

  /** Of a cookie that is not accepted .NET makes a new session: the key it asks for is another. */
  @TestFactory
  Stream<DynamicTest> oddSessionCookieIsJudgedAsByDotNet() {
    JsonNode record = Interop.json("session.json");
    SessionCookie cookie = new SessionCookie(ring(record));
    return StreamSupport.stream(record.get("other").spliterator(), false)
        .filter(one -> Interop.text(one.get("cookie_header")) != null)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      String asked = one.get("cache_operations").get(0).get("key").asString();
                      String value =
                          RequestCookies.parse(Interop.text(one.get("cookie_header")))
                              .get(SessionCookie.COOKIE_NAME)
                              .orElseThrow();
                      // Accepted by .NET if it asked for what the cookie holds, not for a new key.
                      boolean accepted = holds(ring(record), value, asked);
                      assertThat(cookie.unprotect(value).isPresent()).isEqualTo(accepted);
                      if (accepted) {
                        assertThat(cookie.unprotect(value)).contains(asked);
                      }
                    }));
  }

  /** Whether the value, read in any alphabet and with any padding, is the protected key. */
  private static boolean holds(DataProtection ring, String value, String key) {
    try {
      return ring.protector("SessionMiddleware")
          .unprotect(value.replace(' ', '+').replace('+', '-').replace('/', '_'))
          .equals(key);
    } catch (DataProtectionException e) {
      return false;
    }
  }

  @TestFactory
  Stream<DynamicTest> tempDataCookieHoldsTheJsonOfDotNet() {
    JsonNode record = Interop.json("tempdata.json");
    TempDataProtector tempData = new TempDataProtector(ring(record));
    // Left out: cases that set no cookie or store no text; how values are typed is tested where
    // they
    // are, in shared-redis-spring.
    return StreamSupport.stream(record.get("tempdata").spliterator(), false)
        .filter(one -> one.has("plaintext_text") && !one.get("set_cookie").isEmpty())
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      String json = Interop.text(one.get("plaintext_text"));
                      String value = cookieValue(one, TempDataProtector.COOKIE_NAME);
                      assertThat(tempData.unprotect(value)).contains(json);
                      assertThat(tempData.protect(json)).hasSameSizeAs(value);
                    }));
  }

  @Test
  void emptiedTempDataDeletesItsCookieWithAllChunks() {
    JsonNode emptied = Interop.json("tempdata.json").get("emptied");
    String name = TempDataProtector.COOKIE_NAME;
    ChunkedCookie cookie = new ChunkedCookie(name, "path=/; samesite=lax; httponly");
    assertThat(cookie.deletion(RequestCookies.parse(name + "=x")))
        .isEqualTo(Interop.strings(emptied.get("set_cookie")));
    List<String> chunked = Interop.strings(emptied.get("set_cookie_when_chunked"));
    StringBuilder sent = new StringBuilder(name + "=chunks-" + (chunked.size() - 1));
    for (int i = 1; i < chunked.size(); i++) {
      sent.append("; ").append(name).append('C').append(i).append("=x");
    }
    assertThat(cookie.deletion(RequestCookies.parse(sent.toString()))).isEqualTo(chunked);
  }

  /** The text comes back as it is; what its values are is the application's to read. */
  @TestFactory
  Stream<DynamicTest> forgedTempDataIsHandedOnAsItIs() {
    JsonNode record = Interop.json("tempdata.json");
    TempDataProtector tempData = new TempDataProtector(ring(record));
    return StreamSupport.stream(record.get("forged").spliterator(), false)
        .map(one -> Interop.text(one.get("plaintext_text")))
        .map(
            json ->
                DynamicTest.dynamicTest(
                    "'" + json + "'",
                    () -> assertThat(tempData.unprotect(tempData.protect(json))).contains(json)));
  }

  @TestFactory
  Stream<DynamicTest> stateOfAnOAuthChallengeIsThatOfDotNet() {
    JsonNode record = Interop.json("oauth.json");
    int[] index = {0};
    return StreamSupport.stream(record.get("challenges").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    index[0]++ + " " + one.get("scheme").asString(),
                    () -> {
                      JsonNode part = one.get("protected").get(0);
                      List<String> purposes = Interop.strings(part.get("purposes"));
                      assertThat(purposes.get(2)).isEqualTo("v1");
                      StateProtector state =
                          new StateProtector(ring(record), purposes.get(0), purposes.get(1));
                      byte[] plaintext = Interop.base64(part.get("plaintext_base64"));
                      assertThat(state.unprotect(Interop.text(one.get("state"))))
                          .contains(TicketFormat.readProperties(plaintext));
                      assertThat(
                              TicketFormat.writeProperties(TicketFormat.readProperties(plaintext)))
                          .isEqualTo(plaintext);
                      assertThat(
                              new StateProtector(ring(record), purposes.get(0), "other")
                                  .unprotect(Interop.text(one.get("state"))))
                          .isEmpty();
                    }));
  }

  @TestFactory
  Stream<DynamicTest> identityTokenVerifiesAsByDotNet() {
    JsonNode record = Interop.json("identity.json");
    return each(record.get("tokens"), one -> checkIdentityToken(record, one));
  }

  private static void checkIdentityToken(JsonNode record, JsonNode one) {
    byte[] plaintext = Interop.hex(one.get("plaintext_hex"));
    IdentityTokens tokens = identityTokens(record, created(plaintext));
    String token = Interop.text(one.get("token"));
    String purpose = Interop.text(one.get("purpose"));
    String user = Interop.text(one.get("user_id"));
    String stamp = Interop.text(one.get("security_stamp"));
    assertThat(tokens.isValid(token, purpose, user, stamp))
        .isEqualTo(one.get("verifies").asBoolean());
    assertThat(tokens.isValid(token, purpose + "x", user, stamp))
        .isEqualTo(one.get("verifies_with_other_purpose").asBoolean());
    assertThat(tokens.isValid(token, purpose, user + "x", stamp))
        .isEqualTo(one.get("verifies_for_other_user").asBoolean());
    assertThat(tokens.isValid(token, purpose, user, stamp + "x"))
        .isEqualTo(one.get("verifies_after_stamp_change").asBoolean());
    assertThat(tokens.isValid(token.replaceAll("=", ""), purpose, user, stamp))
        .isEqualTo(one.get("verifies_without_padding").asBoolean());
    assertThat(
            tokens.isValid(
                token.replace('+', '-').replace('/', '_').replaceAll("=", ""),
                purpose,
                user,
                stamp))
        .isEqualTo(one.get("verifies_as_base64url").asBoolean());
    assertThat(tokens.isValid(token + " ", purpose, user, stamp))
        .isEqualTo(one.get("verifies_with_blank_after").asBoolean());
    assertThat(
            tokens.isValid(
                token.substring(0, 60) + "A" + token.substring(61), purpose, user, stamp))
        .isEqualTo(one.get("verifies_tampered").asBoolean());
    // Made at the same instant here, the content is the same.
    String ours = tokens.generate(purpose, user, stamp);
    assertThat(
            ring(record)
                .protector(IdentityTokens.DEFAULT_NAME)
                .unprotect(Base64.getDecoder().decode(ours)))
        .isEqualTo(plaintext);
    assertThat(tokens.isValid(ours, purpose, user, stamp)).isTrue();
  }

  @TestFactory
  Stream<DynamicTest> forgedIdentityTokenIsJudgedAsByDotNet() {
    JsonNode record = Interop.json("identity.json");
    Instant made = created(Interop.hex(record.get("forged").get(0).get("plaintext_hex")));
    JsonNode user = record.get("user");
    return each(
        record.get("forged"),
        one -> {
          byte[] payload =
              ring(record)
                  .protector(IdentityTokens.DEFAULT_NAME)
                  .protect(Interop.hex(one.get("plaintext_hex")));
          assertThat(
                  identityTokens(record, made)
                      .isValid(
                          Base64.getEncoder().encodeToString(payload),
                          IdentityTokens.RESET_PASSWORD,
                          Interop.text(user.get("id")),
                          Interop.text(user.get("security_stamp"))))
              .isEqualTo(one.get("verifies").asBoolean());
        });
  }

  private static IdentityTokens identityTokens(JsonNode record, Instant now) {
    return new IdentityTokens(
        ring(record),
        IdentityTokens.DEFAULT_NAME,
        IdentityTokens.DEFAULT_LIFESPAN,
        InstantSource.fixed(now));
  }

  private static Instant created(byte[] plaintext) {
    return DotNetTicks.toInstant(
        ByteBuffer.wrap(plaintext).order(ByteOrder.LITTLE_ENDIAN).getLong());
  }

  @TestFactory
  Stream<DynamicTest> passwordHashVerifiesAsByDotNet() {
    JsonNode record = Interop.json("password-hashes.json");
    PasswordHashes hashes =
        new PasswordHashes(PasswordHashes.DEFAULT_ITERATIONS, new SecureRandom());
    PasswordHashes version2 = PasswordHashes.version2(new SecureRandom());
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode one : record.get("hashes")) {
      tests.add(
          DynamicTest.dynamicTest(
              one.get("kind").asString() + " " + tests.size(),
              () -> {
                String hash = Interop.text(one.get("hash"));
                Verdict found = hashes.verify(hash, Interop.text(one.get("password")));
                assertThat(found).isEqualTo(verdict(one.get("verify_default_hasher")));
                assertThat(hashes.isWeaker(hash)).isEqualTo(found == Verdict.SUCCESS_REHASH_NEEDED);
                if (!hash.startsWith("AQAAAAIAA")) {
                  assertThat(version2.verify(hash, Interop.text(one.get("password"))))
                      .isEqualTo(verdict(one.get("verify_with_v2_hasher")));
                }
                // Not for those of 100,000 iterations and more: the answer rests on no other path.
                if (!hash.startsWith("AQAAAAIAAYag") && !hash.startsWith("AQAAAAIAAzRQ")) {
                  assertThat(hashes.verify(hash, "wrong password"))
                      .isEqualTo(verdict(one.get("verify_wrong_password")));
                }
              }));
    }
    for (JsonNode one : record.get("made_by_hand")) {
      tests.add(
          DynamicTest.dynamicTest(
              one.get("case").asString(),
              () ->
                  assertThat(
                          hashes.verify(
                              Interop.text(one.get("hash")), Interop.text(one.get("password"))))
                      .isEqualTo(verdict(one.get("verify")))));
    }
    for (JsonNode one : record.get("other")) {
      // null is ruled out by the types; what .NET answers with a format error fails here like a
      // wrong password, as a broken hash must not be an error page.
      if (Interop.text(one.get("hash")) != null) {
        tests.add(
            DynamicTest.dynamicTest(
                one.get("case").asString(),
                () ->
                    assertThat(hashes.verify(Interop.text(one.get("hash")), "secret"))
                        .isEqualTo(Verdict.FAILED)));
      }
    }
    tests.add(
        DynamicTest.dynamicTest(
            "made here",
            () -> {
              PasswordHashes quick = new PasswordHashes(10, new SecureRandom());
              String hash = quick.hash("Grüße 世界 😀");
              assertThat(quick.verify(hash, "Grüße 世界 😀")).isEqualTo(Verdict.SUCCESS);
              assertThat(hashes.verify(hash, "Grüße 世界 😀"))
                  .isEqualTo(Verdict.SUCCESS_REHASH_NEEDED);
              String old = version2.hash("Grüße 世界 😀");
              assertThat(Base64.getDecoder().decode(old)).hasSize(49).startsWith(0);
              assertThat(version2.verify(old, "Grüße 世界 😀")).isEqualTo(Verdict.SUCCESS);
              assertThat(version2.verify(old, "Grüße 世界")).isEqualTo(Verdict.FAILED);
              assertThat(hashes.verify(old, "Grüße 世界 😀"))
                  .isEqualTo(Verdict.SUCCESS_REHASH_NEEDED);
              assertThat(version2.isWeaker(old)).isFalse();
              assertThat(hashes.isWeaker(old)).isTrue();
              assertThat(hashes.isWeaker("not base64")).isFalse();
              assertThatThrownBy(() -> new PasswordHashes(0, new SecureRandom()))
                  .hasMessageContaining("iterations is 0");
            }));
    return tests.stream();
  }

  private static Verdict verdict(JsonNode answer) {
    return switch (answer.asString()) {
      case "Success" -> Verdict.SUCCESS;
      case "SuccessRehashNeeded" -> Verdict.SUCCESS_REHASH_NEEDED;
      default -> Verdict.FAILED;
    };
  }

  private static String cookieValue(JsonNode one, String name) {
    String header =
        Interop.strings(one.get("set_cookie")).stream()
            .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
            .collect(Collectors.joining("; "));
    return new ChunkedCookie(name, "").read(RequestCookies.parse(header)).orElseThrow();
  }

  private interface Check {
    void run(JsonNode one);
  }

  private static Stream<DynamicTest> each(JsonNode array, Check check) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(one -> DynamicTest.dynamicTest(one.get("case").asString(), () -> check.run(one)));
  }
}
