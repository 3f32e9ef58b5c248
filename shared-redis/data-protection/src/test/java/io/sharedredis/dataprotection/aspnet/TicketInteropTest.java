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
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** tickets.json and bearer-tokens.json: bytes of tickets, malformed ones, dates and flags. */
class TicketInteropTest {
  private static final JsonNode TICKETS = Interop.json("tickets.json");

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
    JsonNode tokens = Interop.json("bearer-tokens.json");
    DataProtection ring =
        Interop.open(tokens.get("ring").asString(), Interop.text(tokens.get("application")));
    int[] index = {0};
    return StreamSupport.stream(tokens.get("sign_ins").spliterator(), false)
        .map(
            signIn ->
                DynamicTest.dynamicTest(
                    index[0]++ + " " + signIn.get("scheme").asString(),
                    () -> checkBearer(ring, signIn)));
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
    assertThat(TicketFormat.write(access.unprotect(accessToken).orElseThrow()))
        .isEqualTo(Interop.base64(signIn.get("protected_in_order").get(0).get("plaintext_base64")));
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
