package io.sharedredis.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/** tickets.json and cookies.json: tickets as .NET made them, in every form that can be pasted. */
class TicketsInteropTest {
  private static final String PURPOSE =
      "Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationMiddleware";

  /** What .NET keeps apart from the ticket's text here: a claims object, and label. */
  private static final List<String> WITHOUT_COUNTERPART = List.of("bootstrap context not a string");

  @TestFactory
  Stream<DynamicTest> ticketIsShownAsRecorded() {
    JsonNode tickets = Recorded.json("tickets.json");
    List<String> ring = ring(tickets, tickets.path("ring").asString(Recorded.plainRing()));
    return tickets
        .get("tickets")
        .valueStream()
        .filter(one -> !WITHOUT_COUNTERPART.contains(one.get("case").asString()))
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      String cookie = sealed(ring, Recorded.text(one.get("bytes_base64")));
                      JsonNode shown = read(ring, "Cookies", cookie).json();
                      JsonNode expected =
                          one.has("read_back_differs")
                              ? one.get("read_back_differs")
                              : one.get("ticket");
                      TicketComparison.check(
                          shown,
                          expected.isObject() && expected.has("scheme")
                              ? expected
                              : one.get("ticket"));
                      if (one.has("protected_text")) {
                        assertThat(
                                read(ring, "Cookies", Recorded.text(one.get("protected_text")))
                                    .json())
                            .isEqualTo(shown);
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> malformedTicketIsAnError() {
    JsonNode tickets = Recorded.json("tickets.json");
    List<String> ring = ring(tickets, tickets.path("ring").asString(Recorded.plainRing()));
    return tickets
        .get("malformed")
        .valueStream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      String cookie = sealed(ring, Recorded.text(one.get("bytes_base64")));
                      Shell.Result result = read(ring, "Cookies", cookie);
                      JsonNode expected = one.get("result").get("ticket");
                      if (expected != null && expected.isObject()) {
                        TicketComparison.check(result.json(), expected);
                      } else {
                        assertThat(result.exit()).isEqualTo(1);
                        assertThat(result.out()).isEmpty();
                        assertThat(result.err()).startsWith("error: ");
                      }
                    }));
  }

  @TestFactory
  Stream<DynamicTest> cookieIsReadInEveryFormThatCanBePasted() {
    JsonNode cookies = Recorded.json("cookies.json");
    List<String> ring = ring(cookies, cookies.get("ring").asString());
    return cookies
        .get("cookies")
        .valueStream()
        .filter(one -> one.has("set_cookie") && !one.get("set_cookie").isEmpty())
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString() + ", " + one.get("scheme").asString(),
                    () -> checkForms(ring, one)));
  }

  private static void checkForms(List<String> ring, JsonNode one) {
    String scheme = one.get("scheme").asString();
    List<String> where = new ArrayList<>(ring);
    if (scheme.equals("custom")) {
      where.add("--cookie-name=app_auth");
    }
    List<String> sent = Recorded.strings(one.get("set_cookie"));
    String header =
        sent.stream()
            .map(line -> line.substring(0, line.indexOf(';')))
            .collect(Collectors.joining("; "));
    String value =
        sent.stream()
            .skip(sent.size() > 1 ? 1 : 0)
            .map(line -> line.substring(line.indexOf('=') + 1, line.indexOf(';')))
            .collect(Collectors.joining("\n"));
    JsonNode shown = read(where, scheme, header).json();
    JsonNode described = one.path("authenticates_as").path("ticket");
    // With a server-side store the cookie holds only the key of what is described.
    if (!scheme.equals("stored") && described.isObject()) {
      TicketComparison.check(shown, described);
    }
    for (String form :
        List.of(
            "Cookie: theme=dark; " + header + "; last=1",
            sent.stream().map(line -> "Set-Cookie: " + line).collect(Collectors.joining("\r\n")),
            String.join("\n", sent),
            value,
            "\"" + value.replace("\n", "") + "\"")) {
      assertThat(read(where, scheme, form).json()).isEqualTo(shown);
    }
    Shell.Result lines =
        Shell.now()
            .run(
                header + "\nnonsense\n" + value.replace("\n", "") + "\n",
                Shell.arguments("ticket", "read", where, "--lines", "--scheme", scheme));
    assertThat(lines.exit()).isEqualTo(1);
    assertThat(lines.lines()).hasSize(3).element(1).asString().startsWith("error: ");
    assertThat(lines.lines().get(0)).isEqualTo(lines.lines().get(2));
  }

  @TestFactory
  Stream<DynamicTest> tamperedCookieIsAnError() {
    JsonNode cookies = Recorded.json("cookies.json");
    List<String> ring = ring(cookies, cookies.get("ring").asString());
    return cookies
        .get("tampered")
        .valueStream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      String header = Recorded.text(one.get("cookie_header"));
                      Shell.Result result =
                          read(ring, "Cookies", header == null ? "" : filled(cookies, header));
                      assertThat(result.exit()).isEqualTo(one.get("result").isString() ? 0 : 1);
                      assertThat(result.out().isEmpty()).isNotEqualTo(result.exit() == 0);
                    }));
  }

  private static String filled(JsonNode cookies, String header) {
    String filled = header;
    for (JsonNode one : cookies.get("cookies")) {
      List<String> sent =
          one.has("set_cookie") ? Recorded.strings(one.get("set_cookie")) : List.of();
      for (int i = 1; i < sent.size(); i++) {
        String line = sent.get(i);
        filled =
            filled.replace(
                "{value of C" + i + " of case '" + one.get("case").asString() + "'}",
                line.substring(line.indexOf('=') + 1, line.indexOf(';')));
      }
    }
    return filled;
  }

  private static String sealed(List<String> ring, String ticket) {
    Shell.Result sealed =
        Shell.now()
            .run(
                ticket,
                Shell.arguments(
                    "protect",
                    ring,
                    "--binary",
                    "--purpose=" + PURPOSE,
                    "--purpose=Cookies",
                    "--purpose=v2"));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Base64.getDecoder().decode(sealed.line()));
  }

  private static Shell.Result read(List<String> ring, String scheme, String pasted) {
    return Shell.now()
        .run(pasted + "\n", Shell.arguments("ticket", "read", ring, "--json", "--scheme", scheme));
  }

  private static List<String> ring(JsonNode file, String name) {
    return Shell.arguments(
        Recorded.directory(name), "--app=" + Recorded.text(file.get("application")));
  }
}
