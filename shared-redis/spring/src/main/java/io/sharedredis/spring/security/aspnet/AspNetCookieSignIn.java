package io.sharedredis.spring.security.aspnet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.logout.LogoutHandler;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;

/**
 * Tells ASP.NET Core applications who signs in and out here: issues their cookie at a sign-in,
 * whatever its kind, and deletes it with all its chunks at sign-out. Thread-safe.
 */
final class AspNetCookieSignIn implements SessionAuthenticationStrategy, LogoutHandler {

  private final AspNetCookies cookies;
  private final UserIdentities identities;

  AspNetCookieSignIn(AspNetCookies cookies, UserIdentities identities) {
    this.cookies = cookies;
    this.identities = identities;
  }

  @Override
  public void onAuthentication(
      Authentication user, HttpServletRequest request, HttpServletResponse response) {
    cookies.issue(identities.of(user), response);
  }

  @Override
  public void logout(
      HttpServletRequest request, HttpServletResponse response, @Nullable Authentication user) {
    cookies.delete(request, response);
  }
}
