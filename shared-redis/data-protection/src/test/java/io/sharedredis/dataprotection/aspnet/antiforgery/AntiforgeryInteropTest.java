package io.sharedredis.dataprotection.aspnet.antiforgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.aspnet.TicketJson;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryTokens.Verdict;
import io.sharedredis.dataprotection.aspnet.cookie.RequestCookies;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import io.sharedredis.dataprotection.interop.Interop;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** antiforgery.json: tokens of many kinds of user, who may use which, and what is refused. */
class AntiforgeryInteropTest {
  private static final JsonNode RECORD = Interop.json("antiforgery.json");
  private static final String COOKIE = "cookie";

  private final AntiforgeryTokens tokens =
      new AntiforgeryTokens(
          Interop.open(RECORD.get("ring").asString(), Interop.text(RECORD.get("application"))),
          new SecureRandom());

  @TestFactory
  Stream<DynamicTest> contentOfATokenIsThatOfDotNet() {
    return StreamSupport.stream(RECORD.get("tokens").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("user").asString(),
                    () -> {
                      for (JsonNode part : one.get("protected")) {
                        byte[] bytes = Interop.base64(part.get("plaintext_base64"));
                        AntiforgeryToken read = AntiforgeryToken.read(bytes);
                        assertThat(read.write()).isEqualTo(bytes);
                        if (!read.isCookieToken()) {
                          assertThat(read.user().isSameAs(user(one))).isTrue();
                        }
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> tokenIsValidForWhomDotNetTakesIt() {
    Map<String, JsonNode> users = new LinkedHashMap<>();
    RECORD.get("tokens").forEach(one -> users.put(one.get("user").asString(), one));
    String cookie = Interop.text(users.get("anonymous").get("tokens").get("cookie_token"));
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode row : RECORD.get("matrix")) {
      String issuedFor = row.get("issued_for").asString();
      String token = Interop.text(users.get(issuedFor).get("tokens").get("request_token"));
      List<String> ok = new ArrayList<>();
      for (Map.Entry<String, JsonNode> answer : row.get("answers").properties()) {
        if (answer.getKey().equals("ok")) {
          ok.addAll(Interop.strings(answer.getValue()));
        }
      }
      for (Map.Entry<String, JsonNode> answer : row.get("answers").properties()) {
        for (String name : Interop.strings(answer.getValue())) {
          tests.add(
              DynamicTest.dynamicTest(
                  issuedFor + " → " + name,
                  () ->
                      assertThat(tokens.check(cookie, token, user(users.get(name)), data -> true))
                          .isEqualTo(ok.contains(name) ? Verdict.VALID : Verdict.OTHER_USER)));
        }
      }
    }
    return tests.stream();
  }

  @TestFactory
  Stream<DynamicTest> wrongTokenIsRefusedAsByDotNet() {
    return StreamSupport.stream(RECORD.get("errors_as_anonymous").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      Optional<String> cookie =
                          Optional.ofNullable(Interop.text(one.get("cookie_header")))
                              .flatMap(
                                  header ->
                                      RequestCookies.parse(header)
                                          .get(
                                              AntiforgeryTokens.cookieName(
                                                  Interop.text(RECORD.get("application")))));
                      String request = Interop.text(one.get("request_token"));
                      assertThat(judge(cookie.orElse(""), request == null ? "" : request))
                          .isEqualTo(verdict(Interop.text(one.get("answer"))));
                    }));
  }

  private Verdict judge(String cookie, String request) {
    return tokens.check(cookie, request, AntiforgeryUser.ANONYMOUS, String::isEmpty);
  }

  /** A missing cookie or token is an empty text here, and as unreadable as any other. */
  private static Verdict verdict(String answer) {
    if (answer.equals("ok")) {
      return Verdict.VALID;
    }
    if (answer.contains("swapped")) {
      return Verdict.SWAPPED;
    }
    if (answer.contains("do not match")) {
      return Verdict.NO_PAIR;
    }
    return answer.contains("meant for") ? Verdict.OTHER_USER : Verdict.UNREADABLE;
  }

  @TestFactory
  Stream<DynamicTest> additionalDataIsCarriedAndJudged() {
    return StreamSupport.stream(RECORD.get("additional_data").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("user").asString() + " " + one.get("additional_data").asString(),
                    () -> {
                      String data = Interop.text(one.get("additional_data"));
                      String cookie = Interop.text(one.get("tokens").get("cookie_token"));
                      String request = Interop.text(one.get("tokens").get("request_token"));
                      AntiforgeryUser user = user(named(one.get("user").asString()));
                      assertThat(tokens.check(cookie, request, user, data::equals))
                          .isEqualTo(Verdict.VALID);
                      assertThat(tokens.check(cookie, request, user, text -> false))
                          .isEqualTo(Verdict.ADDITIONAL_DATA);
                    }));
  }

  private static JsonNode named(String user) {
    return StreamSupport.stream(RECORD.get("tokens").spliterator(), false)
        .filter(one -> one.get("user").asString().equals(user))
        .findFirst()
        .orElseThrow();
  }

  @TestFactory
  Stream<DynamicTest> cookieIsNamedAfterTheApplication() {
    return StreamSupport.stream(RECORD.get("cookie_names").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    COOKIE + " " + one.get("cookie_name").asString(),
                    () -> {
                      String name = Interop.text(one.get("discriminator"));
                      assertThat(AntiforgeryTokens.cookieName(name == null ? "" : name))
                          .isEqualTo(one.get("cookie_name").asString());
                    }));
  }

  @Test
  void tokensMadeHereFitTogether() {
    String cookie = tokens.newCookieToken();
    AntiforgeryUser alice = AntiforgeryUser.named("alice");
    String request = tokens.newRequestToken(cookie, alice, "data");
    assertThat(tokens.check(cookie, request, AntiforgeryUser.named("ALICE"), "data"::equals))
        .isEqualTo(Verdict.VALID);
    assertThat(tokens.check(cookie, request, AntiforgeryUser.ANONYMOUS, "data"::equals))
        .isEqualTo(Verdict.OTHER_USER);
    assertThat(tokens.check(tokens.newCookieToken(), request, alice, "data"::equals))
        .isEqualTo(Verdict.NO_PAIR);
    assertThatThrownBy(() -> tokens.newRequestToken(request, alice, ""))
        .isInstanceOf(DataProtectionException.class);
  }

  private static AntiforgeryUser user(JsonNode one) {
    List<TicketIdentity> identities = new ArrayList<>();
    String name = null;
    for (JsonNode identity : one.get("identities")) {
      TicketIdentity described = TicketJson.identity(identity.get("described"));
      identities.add(described);
      if (described.isAuthenticated() && described.claims().isEmpty()) {
        name = Interop.text(identity.get("name"));
      }
    }
    return name == null ? AntiforgeryUser.of(identities) : AntiforgeryUser.named(name);
  }
}
