package io.sharedredis.spring.security.aspnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.aspnet.ticket.ClaimTypes;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import io.sharedredis.testkit.MutableClock;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.core.context.SecurityContextHolder;

/** Which tickets are renewed here, and who is asked before. */
class TicketRenewalTest {

  private static final TicketClaim ALICE = TicketClaim.of(ClaimTypes.NAME, "alice");
  private static final TicketClaim STAMP = TicketClaim.of("AspNet.Identity.SecurityStamp", "S1");

  private final MutableClock clock = MutableClock.at("2026-11-22T12:00:00Z");
  private final DataProtection ring = DataProtection.ephemeral();
  private final AspNetCookies cookies =
      new AspNetCookies(ring, AspNetCookieOptions.of("Identity.Application", false), clock);
  private boolean signedIn;

  @BeforeEach
  @AfterEach
  void nobody() {
    SecurityContextHolder.clearContext();
  }

  @AfterEach
  void close() {
    ring.close();
  }

  @Test
  void ticketWithASecurityStampIsNotRenewedAndEndsWhenItExpires() throws Exception {
    String cookie = issued(identity(ALICE), identity(ALICE, STAMP));
    clock.advance(Duration.ofDays(14));
    MockHttpServletResponse response = request(cookie, null);
    assertThat(signedIn).isTrue();
    assertThat(response.getHeaders("Set-Cookie")).isEmpty();
    clock.advance(Duration.ofSeconds(1));
    request(cookie, null);
    assertThat(signedIn).isFalse();
  }

  @Test
  void ticketWithASecurityStampIsRenewedWhereAValidatorHasSeenIt() throws Exception {
    String cookie = issued(identity(ALICE, STAMP));
    clock.advance(Duration.ofDays(8));
    List<String> stamps = new ArrayList<>();
    MockHttpServletResponse response =
        request(
            cookie,
            ticket -> {
              ticket.identities().get(0).firstValue(STAMP.type()).ifPresent(stamps::add);
              return true;
            });
    assertThat(signedIn).isTrue();
    assertThat(stamps).containsExactly("S1");
    assertThat(response.getHeaders("Set-Cookie")).hasSize(1);
  }

  @Test
  void ticketThatTheValidatorRefusesMeansNobodyAndIsNotRenewed() throws Exception {
    String cookie = issued(identity(ALICE));
    clock.advance(Duration.ofDays(8));
    MockHttpServletResponse response = request(cookie, ticket -> false);
    assertThat(signedIn).isFalse();
    assertThat(response.getHeaders("Set-Cookie")).isEmpty();
  }

  @Test
  void responseWithARenewedCookieIsNotCachedWhateverTheApplicationSays() throws Exception {
    String cookie = issued(identity(ALICE));
    assertThat(request(cookie, null).getHeader("Cache-Control"))
        .as("young: not renewed")
        .isEqualTo("max-age=3600");
    clock.advance(Duration.ofDays(8));
    MockHttpServletResponse renewed = request(cookie, null);
    assertThat(renewed.getHeaders("Set-Cookie")).hasSize(1);
    assertUncached(renewed);
    assertThat(renewed.getHeader("ETag")).isEqualTo("\"1\"");
  }

  @Test
  void responseThatIssuesOrDeletesTheCookieIsNotCached() {
    MockHttpServletResponse issued = new MockHttpServletResponse();
    cookies.issue(List.of(identity(ALICE)), issued);
    assertUncached(issued);
    MockHttpServletResponse deleted = new MockHttpServletResponse();
    cookies.delete(new MockHttpServletRequest(), deleted);
    assertUncached(deleted);
  }

  private static void assertUncached(MockHttpServletResponse response) {
    assertThat(response.getHeaders("Cache-Control")).containsExactly("no-cache,no-store");
    assertThat(response.getHeaders("Pragma")).containsExactly("no-cache");
    assertThat(response.getHeaders("Expires")).containsExactly("Thu, 01 Jan 1970 00:00:00 GMT");
  }

  private String issued(TicketIdentity... user) {
    MockHttpServletResponse response = new MockHttpServletResponse();
    cookies.issue(List.of(user), response);
    return Recorded.cookieHeader(response.getHeaders("Set-Cookie"));
  }

  private static TicketIdentity identity(TicketClaim... claims) {
    return TicketIdentity.of("Identity.Application", List.of(claims));
  }

  /** The application behind the filter lets its answer be cached and commits it. */
  private MockHttpServletResponse request(String cookie, @Nullable TicketValidator validator)
      throws Exception {
    nobody();
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    request.addHeader("Cookie", cookie);
    MockHttpServletResponse response = new MockHttpServletResponse();
    new AspNetCookieFilter(cookies, ClaimAuthorities.DEFAULT, validator)
        .doFilter(request, response, (rq, rs) -> answer((HttpServletResponse) rs));
    return response;
  }

  private void answer(HttpServletResponse response) throws IOException {
    signedIn = SecurityContextHolder.getContext().getAuthentication() != null;
    response.setHeader("Cache-Control", "max-age=3600");
    response.setHeader("ETag", "\"1\"");
    response.flushBuffer();
  }
}
