package io.sharedredis.spring.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryTokens;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.dataprotection.repository.KeyRepository;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfToken;

/** A browser before two replicas, through Spring Security's own filter. */
class AntiforgeryTest {

  private final KeyRepository ring = new InMemoryKeyRepository();
  private final CsrfFilter one = replica(ring);
  private final CsrfFilter two = replica(ring);
  private final CsrfFilter stranger = replica(new InMemoryKeyRepository());
  private final Map<String, String> browser = new HashMap<>();

  @AfterEach
  void signOut() {
    SecurityContextHolder.clearContext();
  }

  @Test
  void formOfOneReplicaIsAcceptedOnAnotherAndNotUnderAnotherRing() throws Exception {
    String field = get(one);
    assertThat(post(two, null, field)).isEqualTo(200);
    assertThat(post(one, null, field)).isEqualTo(200);
    assertThat(post(stranger, null, field)).isEqualTo(403);
  }

  @Test
  void scriptsSendTheReadableCookieInTheHeader() throws Exception {
    get(one);
    assertThat(post(two, browser.get("XSRF-TOKEN"), null)).isEqualTo(200);
    assertThat(post(two, null, null)).isEqualTo(403);
  }

  @Test
  void tokenForOneUserIsRefusedForAnother() throws Exception {
    signIn("alice");
    String field = get(one);
    assertThat(post(two, null, field)).isEqualTo(200);
    signIn("bob");
    assertThat(post(two, null, field)).isEqualTo(403);
    SecurityContextHolder.clearContext();
    assertThat(post(two, null, field)).isEqualTo(403);
  }

  @Test
  void readableCookieIsRenewedWhenSomebodySignsIn() throws Exception {
    get(one);
    String before = browser.get("XSRF-TOKEN");
    get(one);
    assertThat(browser.get("XSRF-TOKEN")).as("kept while it is good").isEqualTo(before);
    signIn("alice");
    get(two);
    assertThat(browser.get("XSRF-TOKEN")).isNotEqualTo(before);
    assertThat(post(one, browser.get("XSRF-TOKEN"), null)).isEqualTo(200);
  }

  @Test
  void scriptsThatAreRefusedForAUserWhoIsGoneGetTheTokenForTheirNextAttempt() throws Exception {
    signIn("alice");
    get(one);
    String alices = browser.get("XSRF-TOKEN");
    SecurityContextHolder.clearContext();
    assertThat(post(two, alices, null)).isEqualTo(403);
    assertThat(browser.get("XSRF-TOKEN")).isNotEqualTo(alices);
    assertThat(post(one, browser.get("XSRF-TOKEN"), null)).isEqualTo(200);

    String good = browser.get("XSRF-TOKEN");
    assertThat(post(one, alices, null)).isEqualTo(403);
    assertThat(browser.get("XSRF-TOKEN")).as("kept while it is good").isEqualTo(good);
  }

  @Test
  void scriptsWithoutAnyCookieAreRefusedOnceAndThenHaveAToken() throws Exception {
    assertThat(post(one, null, null)).isEqualTo(403);
    assertThat(post(two, browser.get("XSRF-TOKEN"), null)).isEqualTo(200);
  }

  /** Redis may be away, and is not to be kept busy by pages of others. */
  @ParameterizedTest
  @ValueSource(strings = {"", "of the other site's"})
  void requestOfAnotherSiteIsRefusedWithoutALookAtTheSession(String submitted) throws Exception {
    browser.put("shop.session", "of somebody who is signed in");
    SecurityContextHolder.setDeferredContext(
        () -> {
          throw new AssertionError("the session was looked at");
        });
    assertThat(post(one, null, submitted)).isEqualTo(403);
    assertThat(browser).doesNotContainKey("XSRF-TOKEN");
  }

  @Test
  void tokenOfAnotherBrowserIsRefused() throws Exception {
    String field = get(one);
    Map<String, String> victim = Map.copyOf(browser);
    browser.clear();
    String own = get(one);
    browser.putAll(victim);
    assertThat(post(one, null, field)).isEqualTo(200);
    assertThat(post(one, null, own)).isEqualTo(403);
  }

  @Test
  void cookieHalfIsNoRequestHalf() throws Exception {
    get(one);
    String cookie = browser.get(AntiforgeryTokens.cookieName("app"));
    assertThat(post(one, cookie, null)).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "x", "CfDJ8", "%%%", "\u0000", "null"})
  void textThatIsNoTokenIsRefused(String text) throws Exception {
    get(one);
    assertThat(post(one, text, null)).isEqualTo(403);
  }

  private static void signIn(String name) {
    SecurityContextHolder.setContext(
        new SecurityContextImpl(
            UsernamePasswordAuthenticationToken.authenticated(name, null, List.of())));
  }

  private String get(CsrfFilter replica) throws Exception {
    MockHttpServletRequest request = request("GET");
    send(replica, request);
    return ((CsrfToken) request.getAttribute("_csrf")).getToken();
  }

  private int post(CsrfFilter replica, String header, String field) throws Exception {
    MockHttpServletRequest request = request("POST");
    if (header != null) {
      request.addHeader("X-XSRF-TOKEN", header);
    }
    if (field != null) {
      request.setParameter("__RequestVerificationToken", field);
    }
    return send(replica, request).getStatus();
  }

  private MockHttpServletResponse send(CsrfFilter replica, MockHttpServletRequest request)
      throws Exception {
    MockHttpServletResponse response = new MockHttpServletResponse();
    MockFilterChain chain =
        new MockFilterChain(
            new HttpServlet() {
              @Override
              protected void service(HttpServletRequest rq, HttpServletResponse rs) {
                Object token = rq.getAttribute("_csrf");
                assertThat(((CsrfToken) token).getToken()).isNotEmpty();
              }
            });
    replica.doFilter(request, response, chain);
    for (Cookie cookie : response.getCookies()) {
      assertThat(cookie.isHttpOnly()).isEqualTo(!cookie.getName().equals("XSRF-TOKEN"));
      assertThat(cookie.getSecure()).isTrue();
      browser.put(cookie.getName(), cookie.getValue());
    }
    return response;
  }

  private MockHttpServletRequest request(String method) {
    MockHttpServletRequest request = new MockHttpServletRequest(method, "/order");
    request.setCookies(
        browser.entrySet().stream()
            .map(entry -> new Cookie(entry.getKey(), entry.getValue()))
            .toArray(Cookie[]::new));
    return request;
  }

  private static CsrfFilter replica(KeyRepository ring) {
    DataProtection protection =
        DataProtection.open(DataProtectionOptions.builder().applicationName("app").build(), ring);
    Antiforgery antiforgery = new Antiforgery(protection, new SecureRandom(), "app", true);
    CsrfFilter filter = new CsrfFilter(antiforgery);
    filter.setRequestHandler(antiforgery);
    return filter;
  }
}
