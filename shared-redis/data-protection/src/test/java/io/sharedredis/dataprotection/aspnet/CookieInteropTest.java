package io.sharedredis.dataprotection.aspnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.aspnet.cookie.AuthenticationCookie;
import io.sharedredis.dataprotection.aspnet.cookie.ChunkedCookie;
import io.sharedredis.dataprotection.aspnet.cookie.RequestCookies;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketFormat;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProperties;
import io.sharedredis.dataprotection.interop.Interop;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** cookies.json: authentication cookies over HTTP. */
class CookieInteropTest {
  private static final String SESSION_ID_CLAIM =
      "Microsoft.AspNetCore.Authentication.Cookies-SessionId";
  private static final JsonNode COOKIES = Interop.json("cookies.json");

  @TestFactory
  Stream<DynamicTest> cookieOfDotNetSignsInAndOutHereAsWell() {
    return StreamSupport.stream(COOKIES.get("cookies").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString() + ", " + one.get("scheme").asString(),
                    () -> check(one)));
  }

  private static void check(JsonNode one) {
    List<String> sent = headers(one.get("set_cookie"));
    List<String> deleted = headers(one.get("sign_out_set_cookie"));
    String scheme = one.get("scheme").asString();
    ChunkedCookie cookie = cookie(scheme, sent.isEmpty() ? deleted.get(0) : sent.get(0));
    AuthenticationCookie authentication = cookie(cookie, scheme, now());
    RequestCookies request = RequestCookies.parse(cookieHeader(sent));
    if (!deleted.isEmpty()) {
      assertThat(authentication.delete(request)).isEqualTo(deleted);
    }
    if (sent.isEmpty()) {
      return;
    }
    Ticket ticket = authentication.read(request).orElseThrow();
    byte[] plaintext = Interop.base64(one.get("protected").get(0).get("plaintext_base64"));
    assertThat(TicketFormat.write(ticket)).isEqualTo(plaintext);
    JsonNode described = one.path("authenticates_as").get("ticket");
    // With a server-side store the cookie holds only the key of what is described.
    if (described != null && !isKeyOfAStore(ticket)) {
      assertThat(ticket).isEqualTo(TicketJson.ticket(described));
    }
    // Ours have the same names, number, length and attributes.
    List<String> ours = authentication.write(ticket);
    assertThat(ours.stream().map(CookieInteropTest::shape).toList())
        .isEqualTo(sent.stream().map(CookieInteropTest::shape).toList());
    assertThat(authentication.read(RequestCookies.parse(cookieHeader(ours)))).contains(ticket);
  }

  /** The cookie as its options must have been: taken from a header .NET sent. */
  private static ChunkedCookie cookie(String scheme, String header) {
    String attributes = header.substring(header.indexOf("; ") + 2);
    attributes = attributes.replaceAll("expires=[^;]*(; |$)", "");
    String escaped = header.substring(0, header.indexOf('='));
    String name = URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
    ChunkedCookie standard = AuthenticationCookie.defaultCookie(scheme);
    assertThat(name.startsWith(".AspNetCore.") ? name : standard.name()).isEqualTo(standard.name());
    return new ChunkedCookie(name, attributes);
  }

  private static boolean isKeyOfAStore(Ticket ticket) {
    return ticket.identities().stream()
        .anyMatch(one -> one.firstValue(SESSION_ID_CLAIM).isPresent());
  }

  @TestFactory
  Stream<DynamicTest> tamperedCookieIsJudgedAsByDotNet() {
    return StreamSupport.stream(COOKIES.get("tampered").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      String header = Interop.text(one.get("cookie_header"));
                      Optional<Ticket> ticket =
                          cookie(AuthenticationCookie.defaultCookie("Cookies"), "Cookies", now())
                              .read(RequestCookies.parse(filled(header == null ? "" : header)));
                      assertThat(ticket.isPresent()).isEqualTo(one.get("result").isString());
                    }));
  }

  @TestFactory
  Stream<DynamicTest> cookieIsRenewedAndEndsAsByDotNet() {
    JsonNode first = COOKIES.get("cookies").get(0);
    String header = cookieHeader(headers(first.get("set_cookie")));
    return StreamSupport.stream(COOKIES.get("sliding_of_the_first_cookie").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("days_after_issue").asString() + " days",
                    () -> {
                      AuthenticationCookie cookie =
                          cookie(
                              AuthenticationCookie.defaultCookie("Cookies"),
                              "Cookies",
                              Instant.parse(one.get("now").asString()));
                      Optional<Ticket> ticket = cookie.read(RequestCookies.parse(header));
                      assertThat(ticket.isPresent())
                          .isEqualTo(one.get("authenticated").asBoolean());
                      Optional<Ticket> renewed = ticket.flatMap(cookie::renewed);
                      assertThat(renewed.isPresent()).isEqualTo(!one.get("set_cookie").isEmpty());
                      if (renewed.isPresent()) {
                        assertThat(TicketFormat.write(renewed.get()))
                            .isEqualTo(
                                Interop.base64(
                                    one.get("protected").get(0).get("plaintext_base64")));
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> chunksAreCutWhereDotNetCutsThem() {
    return StreamSupport.stream(COOKIES.get("chunking").get("cases").spliterator(), false)
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("name").asString()
                        + " "
                        + one.get("value_length").asInt()
                        + " "
                        + one.get("options").asString(),
                    () -> checkChunking(one)));
  }

  private static void checkChunking(JsonNode one) {
    String name = one.get("name").asString();
    int empty = one.get("length_with_empty_value").asInt();
    String attributes = "a".repeat(empty - name.length() - 3);
    List<String> headers =
        new ChunkedCookie(name, attributes).headers("v".repeat(one.get("value_length").asInt()));
    assertThat(headers).hasSize(one.get("headers").asInt());
    List<Integer> lengths = new ArrayList<>();
    one.get("header_lengths").forEach(length -> lengths.add(length.asInt()));
    assertThat(headers.stream().map(String::length).toList()).isEqualTo(lengths);
  }

  @Test
  void smallChunksAndEscapedValuesAreThoseOfDotNet() {
    JsonNode chunking = COOKIES.get("chunking");
    assertThat(
            new ChunkedCookie("k", "path=/; secure; httponly", 60)
                .headers("abcdefghijklmnopqrstuvwxyz0123456789"))
        .isEqualTo(Interop.strings(chunking.get("chunk_size_60")));
    assertThat(new ChunkedCookie("k", "path=/", 30).headers("a+b/c=d e;f,g\"h%iüj世k\\l"))
        .isEqualTo(Interop.strings(chunking.get("chunk_size_30_escaped_value")));
    assertThatThrownBy(() -> new ChunkedCookie("k", "path=/", 10).headers("abcdef"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("chunkSize 10");
  }

  @Test
  void ticketThatMustNotBeRenewedIsNot() {
    Instant now = now();
    Ticket ticket =
        new Ticket(
            "Cookies",
            List.of(),
            new TicketProperties(Map.of(".refresh", "False"))
                .withIssued(now.minusSeconds(100))
                .withExpires(now.plusSeconds(1)));
    assertThat(
            cookie(AuthenticationCookie.defaultCookie("Cookies"), "Cookies", now).renewed(ticket))
        .isEmpty();
  }

  private static AuthenticationCookie cookie(ChunkedCookie cookie, String scheme, Instant now) {
    DataProtection ring =
        Interop.open(COOKIES.get("ring").asString(), Interop.text(COOKIES.get("application")));
    return new AuthenticationCookie(ring, scheme, cookie, InstantSource.fixed(now));
  }

  private static Instant now() {
    return Instant.parse(COOKIES.get("now").asString());
  }

  private static List<String> headers(JsonNode array) {
    return array == null ? List.of() : Interop.strings(array);
  }

  private static String cookieHeader(List<String> setCookie) {
    return setCookie.stream()
        .map(header -> header.substring(0, header.indexOf(';')))
        .collect(Collectors.joining("; "));
  }

  private static String shape(String header) {
    int equals = header.indexOf('=');
    int end = header.indexOf(';');
    String value = header.substring(equals + 1, end);
    return header.substring(0, equals)
        + (value.startsWith("chunks-") ? value : " " + value.length())
        + header.substring(end);
  }

  private static String filled(String header) {
    String filled = header;
    for (JsonNode one : COOKIES.get("cookies")) {
      List<String> sent = headers(one.get("set_cookie"));
      for (int i = 1; i < sent.size(); i++) {
        String value =
            sent.get(i).substring(sent.get(i).indexOf('=') + 1, sent.get(i).indexOf(';'));
        filled =
            filled.replace(
                "{value of C" + i + " of case '" + one.get("case").asString() + "'}", value);
      }
    }
    return filled;
  }
}
