package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.logout.LogoutHandler;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;

/**
 * Tells ASP.NET Core applications who signs in and out here: issues their cookie at a sign-in,
 * whatever its kind, once the factors are given, and deletes it with all its chunks at sign-out.
 * Thread-safe.
 */
final class AspNetCookieSignIn implements SessionAuthenticationStrategy, LogoutHandler {

  private final AspNetCookies cookies;
  private final UserIdentities identities;
  private final RequiredFactors factors;

  AspNetCookieSignIn(AspNetCookies cookies, UserIdentities identities, RequiredFactors factors) {
    this.cookies = cookies;
    this.identities = identities;
    this.factors = factors;
  }

  @Override
  public void onAuthentication(
      Authentication user, HttpServletRequest request, HttpServletResponse response) {
    if (!factors.areGiven(user, request)) {
      return;
    }
    List<TicketIdentity> described = identities.of(user);
    if (!described.isEmpty()) {
      cookies.issue(described, response);
    }
  }

  @Override
  public void logout(
      HttpServletRequest request, HttpServletResponse response, @Nullable Authentication user) {
    cookies.delete(request, response);
  }
}
