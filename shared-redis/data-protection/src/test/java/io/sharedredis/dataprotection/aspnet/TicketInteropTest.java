package io.sharedredis.dataprotection.aspnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketFormat;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProperties;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProtector;
import io.sharedredis.dataprotection.interop.Interop;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** tickets.json and bearer-tokens.json: bytes of tickets, malformed ones, dates and flags. */
class TicketInteropTest {
  private static final JsonNode TICKETS = Interop.json("tickets.json");
  private static final JsonNode BEARER = Interop.json("bearer-tokens.json");

  @TestFactory
  Stream<DynamicTest> ticketIsReadAndWrittenAsByDotNet() {
    return each(TICKETS.get("tickets"), this::checkTicket);
  }

  private void checkTicket(JsonNode one) {
    byte[] bytes = Interop.base64(one.get("bytes_base64"));
    Ticket expected =
        TicketJson.ticket(
            one.has("read_back_differs") ? one.get("read_back_differs") : one.get("ticket"));
    Ticket read = TicketFormat.read(bytes);
    assertThat(read).isEqualTo(expected);
    byte[] again = Interop.base64(one.get("written_again_base64"));
    assertThat(TicketFormat.write(read)).isEqualTo(again == null ? bytes : again);
    // Left out: a bootstrap context that is no text, which .NET does not write.
    if (!one.has("read_back_differs")
        || hasContext(one.get("read_back_differs"))
        || !hasContext(one.get("ticket"))) {
      assertThat(TicketFormat.write(TicketJson.ticket(one.get("ticket")))).isEqualTo(bytes);
    }
    assertThat(TicketFormat.writeProperties(read.properties()))
        .isEqualTo(Interop.base64(one.get("properties_bytes_base64")));
    if (one.has("protected_text")) {
      assertThat(cookies().unprotect(Interop.text(one.get("protected_text")))).contains(read);
      assertThat(cookies().unprotect(cookies().protect(read))).contains(read);
    }
  }

  private static boolean hasContext(JsonNode ticket) {
    return StreamSupport.stream(ticket.get("identities").spliterator(), false)
        .anyMatch(identity -> !identity.path("bootstrap_context").asString("").isEmpty());
  }

  @TestFactory
  Stream<DynamicTest> malformedTicketIsJudgedAsByDotNet() {
    return each(
        TICKETS.get("malformed"),
        one -> {
          byte[] bytes = Interop.base64(one.get("bytes_base64"));
          JsonNode ticket = one.get("result").get("ticket");
          if (ticket != null && ticket.isObject()) {
            assertThat(TicketFormat.read(bytes)).isEqualTo(TicketJson.ticket(ticket));
          } else {
            assertThatThrownBy(() -> TicketFormat.read(bytes))
                .isInstanceOf(DataProtectionException.class);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> dateOfATicketIsReadExactly() {
    return StreamSupport.stream(TICKETS.get("dates").spliterator(), false)
        .map(
            date ->
                DynamicTest.dynamicTest(
                    "'" + date.get("value").asString() + "'",
                    () -> {
                      String expected = Interop.text(date.get("expires_utc"));
                      assertThat(properties(".expires", date.get("value").asString()).expires())
                          .isEqualTo(
                              expected == null
                                  ? Optional.empty()
                                  : Optional.of(OffsetDateTime.parse(expected).toInstant()));
                    }));
  }

  @TestFactory
  Stream<DynamicTest> flagOfATicketIsReadAsByDotNet() {
    return StreamSupport.stream(TICKETS.get("flags").spliterator(), false)
        .map(
            flag ->
                DynamicTest.dynamicTest(
                    "'" + flag.get("value").asString() + "'",
                    () -> {
                      String value = flag.get("value").asString();
                      Boolean expected =
                          flag.get("allow_refresh").isNull()
                              ? null
                              : flag.get("allow_refresh").asBoolean();
                      assertThat(properties(".refresh", value).allowRefresh().orElse(null))
                          .isEqualTo(expected);
                      assertThat(properties(".persistent", value).isPersistent())
                          .isEqualTo(flag.get("is_persistent_with_this_value").asBoolean());
                    }));
  }

  @TestFactory
  Stream<DynamicTest> bearerTokenHoldsTheTicketOfDotNet() {
    DataProtection ring = bearerRing();
    int[] index = {0};
    return StreamSupport.stream(BEARER.get("sign_ins").spliterator(), false)
        .map(
            signIn ->
                DynamicTest.dynamicTest(
                    index[0]++ + " " + signIn.get("scheme").asString(),
                    () -> checkBearer(ring, signIn)));
  }

  private static DataProtection bearerRing() {
    return Interop.open(BEARER.get("ring").asString(), Interop.text(BEARER.get("application")));
  }

  private static void checkBearer(DataProtection ring, JsonNode signIn) {
    String scheme = signIn.get("scheme").asString();
    String response = Interop.text(signIn.get("response_text"));
    TicketProtector access = TicketProtector.ofAccessTokens(ring, scheme);
    TicketProtector refresh = TicketProtector.ofRefreshTokens(ring, scheme);
    String accessToken = field(response, "accessToken");
    String refreshToken = field(response, "refreshToken");
    assertThat(access.unprotect(accessToken))
        .contains(TicketJson.ticket(signIn.get("authenticates_as").get("ticket")));
    assertThat(refresh.unprotect(refreshToken))
        .contains(TicketJson.ticket(signIn.get("refresh_ticket")));
    assertThat(access.unprotect(refreshToken)).isEmpty();
    Instant issued = Instant.parse(BEARER.get("now").asString());
    Instant end = access.read(accessToken).properties().expires().orElseThrow();
    assertThat(access.unprotectToken(accessToken, issued)).isPresent();
    assertThat(access.unprotectToken(accessToken, end.minusMillis(1))).isPresent();
    assertThat(access.unprotectToken(accessToken, end)).isEmpty();
    assertThat(refresh.unprotectToken(refreshToken, end)).isPresent();
    assertThat(TicketFormat.write(access.unprotect(accessToken).orElseThrow()))
        .isEqualTo(Interop.base64(signIn.get("protected_in_order").get(0).get("plaintext_base64")));
  }

  /** The requests are recorded in the words of the cases; those without a token are not here. */
  @TestFactory
  Stream<DynamicTest> bearerTokenIsGoodWhereAndUntilDotNetSaysSo() {
    return StreamSupport.stream(BEARER.get("checks").spliterator(), false)
        .filter(check -> !check.get("result").path("none").asBoolean(false))
        .map(check -> DynamicTest.dynamicTest(check.get("case").asString(), () -> judge(check)));
  }

  private static void judge(JsonNode check) {
    String words = check.get("case").asString();
    JsonNode signIn = BEARER.get("sign_ins").valueStream().filter(isBearer()).findFirst().get();
    String response = Interop.text(signIn.get("response_text"));
    String token = field(response, "accessToken");
    Instant now = Instant.parse(BEARER.get("now").asString());
    Matcher minutes = Pattern.compile("([0-9.]+) minutes after").matcher(words);
    List<String> sent = List.of(token);
    if (minutes.find()) {
      now = now.plusSeconds(Math.round(Double.parseDouble(minutes.group(1)) * 60));
    } else if (words.contains("refresh token")) {
      sent = List.of(field(response, "refreshToken"));
    } else if (words.contains("padding")) {
      sent = List.of(token + "=".repeat((4 - token.length() % 4) % 4));
    } else if (words.contains("two blanks")) {
      sent = List.of(" " + token);
    } else if (words.contains("changed")) {
      sent =
          List.of(
              "D" + token.substring(1), token.substring(4), token.replace(token.charAt(99), '_'));
    }
    TicketProtector access =
        TicketProtector.ofAccessTokens(bearerRing(), signIn.get("scheme").asString());
    boolean good = check.get("result").isString();
    boolean expired = check.get("result").path("failure").asString("").equals("Token expired");
    for (String one : sent) {
      assertThat(access.unprotectToken(one, now).isPresent()).isEqualTo(good);
      assertThat(access.unprotect(one).isPresent()).isEqualTo(good || expired);
    }
  }

  @Test
  void bearerTokenWithoutExpiryIsNeverGood() {
    TicketProtector access = TicketProtector.ofAccessTokens(bearerRing(), "Bearer");
    Ticket endless = new Ticket("Bearer:AccessToken", List.of(), TicketProperties.EMPTY);
    assertThat(access.unprotect(access.protect(endless))).contains(endless);
    assertThat(access.unprotectToken(access.protect(endless), Instant.EPOCH)).isEmpty();
  }

  private static Predicate<JsonNode> isBearer() {
    return signIn -> signIn.get("scheme").asString().equals("Bearer");
  }

  private static String field(String json, String name) {
    int from = json.indexOf("\"" + name + "\":\"") + name.length() + 4;
    return json.substring(from, json.indexOf('"', from));
  }

  private static TicketProperties properties(String key, String value) {
    return new TicketProperties(Map.of(key, value));
  }

  private static TicketProtector cookies() {
    return TicketProtector.ofCookies(
        Interop.open(TICKETS.get("ring").asString(), Interop.text(TICKETS.get("application"))),
        "Cookies");
  }

  private interface Check {
    void run(JsonNode one);
  }

  private static Stream<DynamicTest> each(JsonNode array, Check check) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(one -> DynamicTest.dynamicTest(one.get("case").asString(), () -> check.run(one)));
  }
}
