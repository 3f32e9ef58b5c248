package io.sharedredis.dataprotection.aspnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.aspnet.cookie.AuthenticationCookie;
import io.sharedredis.dataprotection.aspnet.identity.IdentityTokens;
import io.sharedredis.dataprotection.aspnet.ticket.StateProtector;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProperties;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProtector;
import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.interop.Interop;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** identity.json and oauth.json over HTTP: whatever .NET sent is what it says it protected. */
class IdentityFlowInteropTest {
  private static final JsonNode IDENTITY = Interop.json("identity.json");

  /** A protected text in a cookie, JSON answer or mail; no other text there is as long. */
  private static final Pattern LONG_TEXT =
      Pattern.compile("(?:^|[=\"\\s])([A-Za-z0-9_+/-]{60,}={0,2})");

  @TestFactory
  Stream<DynamicTest> stepSendsWhatItProtected() {
    DataProtection ring = ring(IDENTITY);
    return StreamSupport.stream(IDENTITY.get("flow").spliterator(), false)
        .map(
            step ->
                DynamicTest.dynamicTest(
                    step.get("step").asString(),
                    () -> {
                      List<byte[]> sent = sent(step);
                      for (JsonNode part : step.get("protected_in_order")) {
                        DataProtector protector =
                            Interop.protector(ring, Interop.strings(part.get("purposes")));
                        byte[] plaintext = Interop.base64(part.get("plaintext_base64"));
                        assertThat(sent)
                            .anyMatch(
                                payload -> Arrays.equals(open(protector, payload), plaintext));
                      }
                    }));
  }

  /** What a step sent, as payloads; codes in mails are base64url of the token's text. */
  private static List<byte[]> sent(JsonNode step) {
    List<String> texts = new ArrayList<>(Interop.strings(step.get("set_cookie")));
    texts.add(String.valueOf(Interop.text(step.get("response_text"))));
    step.path("mails").forEach(mail -> texts.add(Interop.text(mail.get("text"))));
    List<byte[]> payloads = new ArrayList<>();
    for (String text : texts) {
      Matcher matcher = LONG_TEXT.matcher(text);
      while (matcher.find()) {
        Optional<byte[]> payload = decoded(matcher.group(1));
        payload.ifPresent(payloads::add);
        payload
            .flatMap(bytes -> decoded(new String(bytes, StandardCharsets.ISO_8859_1)))
            .ifPresent(payloads::add);
      }
    }
    return payloads;
  }

  private static Optional<byte[]> decoded(String text) {
    try {
      return Optional.of(PayloadText.decode(text));
    } catch (DataProtectionException e) {
      return Optional.empty();
    }
  }

  private static byte[] open(DataProtector protector, byte[] payload) {
    try {
      return protector.unprotect(payload);
    } catch (DataProtectionException e) {
      return new byte[0];
    }
  }

  @Test
  void sessionCookieOfIdentityIsItsTicket() {
    Ticket expected = TicketJson.ticket(IDENTITY.get("ticket_of_the_session_cookie"));
    TicketProtector cookies = TicketProtector.ofCookies(ring(IDENTITY), expected.scheme());
    List<Ticket> read = new ArrayList<>();
    for (JsonNode step : IDENTITY.get("flow")) {
      for (byte[] payload : sent(step)) {
        cookies.unprotect(PayloadText.encode(payload)).ifPresent(read::add);
      }
    }
    assertThat(read).contains(expected);
    assertThat(expected.identities().get(0).name())
        .contains(IDENTITY.get("authorized_as").asString());
  }

  @Test
  void defaultsOfTheTokenProviderAreThoseOfDotNet() {
    JsonNode defaults = IDENTITY.get("provider_defaults");
    assertThat(IdentityTokens.DEFAULT_NAME).isEqualTo(defaults.get("Name").asString());
    assertThat(defaults.get("TokenLifespan").asString()).isEqualTo("1.00:00:00");
    assertThat(IdentityTokens.DEFAULT_LIFESPAN).hasDays(1);
    // The other cookies of Identity have names of their own, which its options set.
    assertThat(IDENTITY.get("identity_cookies"))
        .extracting(cookie -> cookie.get("cookie").asString())
        .contains(AuthenticationCookie.defaultCookie("Identity.Application").name());
  }

  @TestFactory
  Stream<DynamicTest> stateOfAChallengeNamesItsCorrelationCookie() {
    JsonNode record = Interop.json("oauth.json");
    return StreamSupport.stream(record.get("challenges").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      List<String> purposes =
                          Interop.strings(one.get("protected").get(0).get("purposes"));
                      String text = Interop.text(one.get("state"));
                      StateProtector states =
                          new StateProtector(ring(record), purposes.get(0), purposes.get(1));
                      TicketProperties state = states.unprotect(text).orElseThrow();
                      assertThat(Interop.strings(one.get("set_cookie")).get(0))
                          .startsWith(
                              ".AspNetCore.Correlation."
                                  + state.get(".xsrf").orElseThrow()
                                  + "=N;");
                      assertThat(states.unprotect(text.substring(0, text.length() - 1))).isEmpty();
                      assertThat(states.unprotect("")).isEmpty();
                    }));
  }

  private static DataProtection ring(JsonNode record) {
    return Interop.open(record.get("ring").asString(), Interop.text(record.get("application")));
  }
}
