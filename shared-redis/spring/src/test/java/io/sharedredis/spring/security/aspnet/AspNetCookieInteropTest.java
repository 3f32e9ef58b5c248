package io.sharedredis.spring.security.aspnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.testkit.MutableClock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import tools.jackson.databind.JsonNode;

/** cookies.json: cookies that ASP.NET Core issued and was sent, before the filter. */
class AspNetCookieInteropTest {

  private static final JsonNode RECORD = Recorded.json("cookies.json");
  private static final DataProtection RING =
      Recorded.ring(RECORD.get("ring").asString(), RECORD.get("application").asString());
  private static final Pattern CHUNK = Pattern.compile("\\{value of C(\\d) of case '([^']*)'}");

  private final MutableClock clock = MutableClock.at(RECORD.get("now").asString());

  @AfterAll
  static void close() {
    RING.close();
  }

  @TestFactory
  Stream<DynamicTest> cookieOfDotNetSignsItsUserInAndIsDeletedWhole() {
    return RECORD
        .get("cookies")
        .valueStream()
        .filter(one -> !Recorded.texts(one.get("set_cookie")).isEmpty())
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString() + ", " + one.get("scheme").asString(),
                    () -> check(one)));
  }

  private void check(JsonNode one) {
    String scheme = one.get("scheme").asString();
    List<String> sent = Recorded.texts(one.get("set_cookie"));
    AspNetCookies cookies = cookies(scheme, sent.get(0));
    RawResponse response = new RawResponse();
    Authentication user = request(cookies, Recorded.cookieHeader(sent), response);
    if (scheme.equals("stored")) {
      assertThat(user).as("names a ticket that lies at the .NET application").isNull();
    } else {
      assertThat(user.getName()).isEqualTo("alice");
      assertThat(user.isAuthenticated()).isTrue();
      assertThat(user.getAuthorities()).extracting("authority").containsExactly("ROLE_admin");
      assertThat(((TicketPrincipal) user.getPrincipal()).claims("unicode")).hasSize(1);
      assertThat(user.toString()).doesNotContain("1001").doesNotContain("Grüße");
    }
    assertThat(response.setCookie).as("young: not renewed").isEmpty();

    MockHttpServletRequest logout = new MockHttpServletRequest("POST", "/logout");
    logout.addHeader("Cookie", Recorded.cookieHeader(sent));
    cookies.delete(logout, response);
    assertThat(response.setCookie)
        .hasSameSizeAs(sent)
        .allMatch(header -> header.contains("expires=Thu, 01 Jan 1970"));
    List<String> theirs = Recorded.texts(one.get("sign_out_set_cookie"));
    if (!theirs.isEmpty() && !scheme.equals("custom")) {
      assertThat(response.setCookie).isEqualTo(theirs);
    }
  }

  @TestFactory
  Stream<DynamicTest> tamperedCookieMeansNobodyWhereDotNetSaysSo() {
    List<String> first = Recorded.texts(RECORD.get("cookies").get(0).get("set_cookie"));
    return RECORD
        .get("tampered")
        .valueStream()
        .filter(one -> !one.get("cookie_header").isNull())
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("case").asString(),
                    () -> {
                      Matcher matcher = CHUNK.matcher(Recorded.text(one.get("cookie_header")));
                      String header = matcher.replaceAll(AspNetCookieInteropTest::chunk);
                      Authentication user =
                          request(cookies("Cookies", first.get(0)), header, new RawResponse());
                      assertThat(user != null).isEqualTo(one.get("result").isString());
                    }));
  }

  /** The record spares the long values of a case that it has already. */
  private static String chunk(MatchResult found) {
    return RECORD
        .get("cookies")
        .valueStream()
        .filter(one -> one.get("case").asString().equals(found.group(2)))
        .map(one -> Recorded.texts(one.get("set_cookie")))
        .map(cookies -> value(cookies.get(Integer.parseInt(found.group(1)))))
        .findFirst()
        .orElseThrow();
  }

  @TestFactory
  Stream<DynamicTest> cookieIsRenewedAndEndsWhenDotNetDoesIt() {
    List<String> sent = Recorded.texts(RECORD.get("cookies").get(0).get("set_cookie"));
    AspNetCookies cookies = cookies("Cookies", sent.get(0));
    return RECORD
        .get("sliding_of_the_first_cookie")
        .valueStream()
        .map(
            one ->
                DynamicTest.dynamicTest(
                    one.get("days_after_issue").asString() + " days",
                    () -> {
                      clock.set(Instant.parse(one.get("now").asString()));
                      RawResponse response = new RawResponse();
                      Authentication user = request(cookies, Recorded.cookieHeader(sent), response);
                      assertThat(user != null).isEqualTo(one.get("authenticated").asBoolean());
                      List<String> renewed = response.setCookie;
                      List<String> theirs = Recorded.texts(one.get("set_cookie"));
                      assertThat(renewed).hasSameSizeAs(theirs);
                      for (int i = 0; i < theirs.size(); i++) {
                        assertThat(renewed.get(i))
                            .hasSameSizeAs(theirs.get(i))
                            .endsWith(theirs.get(i).substring(theirs.get(i).indexOf("; ")));
                      }
                      if (!renewed.isEmpty()) {
                        assertThat(
                                request(cookies, Recorded.cookieHeader(renewed), new RawResponse()))
                            .isNotNull();
                      }
                    }));
  }

  @Test
  void ringAndNameOfAnotherApplicationMeanNobody() {
    String header =
        Recorded.cookieHeader(Recorded.texts(RECORD.get("cookies").get(0).get("set_cookie")));
    try (DataProtection foreign = Recorded.ring(RECORD.get("ring").asString(), "OtherApp");
        DataProtection strange = DataProtection.ephemeral()) {
      for (DataProtection ring : List.of(foreign, strange)) {
        AspNetCookies cookies =
            new AspNetCookies(ring, AspNetCookieOptions.of("Cookies", false), clock);
        assertThat(request(cookies, header, new RawResponse())).isNull();
      }
    }
  }

  @Test
  void whoIsSignedInHereStaysWhoHeIs() {
    SecurityContextHolder.setContext(
        new SecurityContextImpl(
            UsernamePasswordAuthenticationToken.authenticated("bob", null, List.of())));
    List<String> sent = Recorded.texts(RECORD.get("cookies").get(0).get("set_cookie"));
    AspNetCookies cookies = cookies("Cookies", sent.get(0));
    assertThat(request(cookies, Recorded.cookieHeader(sent), new RawResponse()).getName())
        .isEqualTo("bob");
  }

  private AspNetCookies cookies(String scheme, String sent) {
    AspNetCookieOptions options = AspNetCookieOptions.of(scheme, false);
    if (scheme.equals("custom")) {
      options =
          new AspNetCookieOptions(
              scheme,
              sent.substring(0, sent.indexOf('=')),
              "example.com",
              "/some/path",
              "None",
              true,
              options.lifetime(),
              true,
              false);
    }
    return new AspNetCookies(RING, options, clock);
  }

  /** Sends a request through the filter; who was signed in while the application served it. */
  private static Authentication request(
      AspNetCookies cookies, String header, RawResponse response) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    request.addHeader("Cookie", header);
    List<Authentication> seen = new ArrayList<>();
    AtomicReference<Exception> failure = new AtomicReference<>();
    try {
      new AspNetCookieFilter(cookies, ClaimAuthorities.DEFAULT, null)
          .doFilter(
              request,
              response,
              (rq, rs) -> seen.add(SecurityContextHolder.getContext().getAuthentication()));
    } catch (Exception e) {
      failure.set(e);
    } finally {
      SecurityContextHolder.clearContext();
    }
    assertThat(failure).hasValue(null);
    return seen.get(0);
  }

  private static String value(String setCookie) {
    return setCookie.substring(setCookie.indexOf('=') + 1, setCookie.indexOf(';'));
  }

  /** Keeps headers as they were written, where the mock would write them its own way. */
  private static final class RawResponse extends MockHttpServletResponse {

    private final List<String> setCookie = new ArrayList<>();

    @Override
    public void addHeader(String name, String value) {
      assertThat(name).isEqualTo("Set-Cookie");
      setCookie.add(value);
    }
  }
}
