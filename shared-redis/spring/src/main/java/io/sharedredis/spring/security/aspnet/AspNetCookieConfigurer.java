package io.sharedredis.spring.security.aspnet;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.LogoutConfigurer;
import org.springframework.security.config.annotation.web.configurers.SessionManagementConfigurer;
import org.springframework.security.web.authentication.session.CompositeSessionAuthenticationStrategy;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.security.web.csrf.CsrfFilter;

/**
 * Makes a filter chain take the authentication cookie of ASP.NET Core: {@code
 * http.with(aspNetCookie(cookies), cookie -> cookie.issueAtSignIn(identities))}. The cookie is
 * deleted at sign-out in any case. For one chain, when it is built; not thread-safe.
 */
public final class AspNetCookieConfigurer
    extends AbstractHttpConfigurer<AspNetCookieConfigurer, HttpSecurity> {

  private final AspNetCookies cookies;
  private ClaimAuthorities authorities = ClaimAuthorities.DEFAULT;
  private @Nullable TicketValidator validator;
  private @Nullable UserIdentities identities;
  private @Nullable AspNetCookieSignIn issuing;

  private AspNetCookieConfigurer(AspNetCookies cookies) {
    this.cookies = cookies;
  }

  /** For one filter chain. */
  public static AspNetCookieConfigurer aspNetCookie(AspNetCookies cookies) {
    return new AspNetCookieConfigurer(cookies);
  }

  /** How claims become authorities; {@link ClaimAuthorities#DEFAULT} when not called. */
  public AspNetCookieConfigurer authorities(ClaimAuthorities mapping) {
    this.authorities = mapping;
    return this;
  }

  /**
   * Asks this of every ticket that would sign somebody in. Without it, tickets of ASP.NET Core
   * Identity (they have a security stamp) are not renewed here and end when they expire.
   */
  public AspNetCookieConfigurer validator(TicketValidator asked) {
    this.validator = asked;
    return this;
  }

  /**
   * Also issues the cookie when somebody signs in here: when nothing can refuse the sign-in any
   * more, and he has all factors that the application requires of everybody.
   */
  public AspNetCookieConfigurer issueAtSignIn(UserIdentities described) {
    this.identities = described;
    return this;
  }

  /** Before any part of the chain is initialized, since that is when the strategies are joined. */
  @Override
  @SuppressWarnings("unchecked")
  public void setBuilder(HttpSecurity http) {
    super.setBuilder(http);
    SessionManagementConfigurer<HttpSecurity> sessions =
        http.getConfigurer(SessionManagementConfigurer.class);
    if (sessions != null) {
      sessions.addObjectPostProcessor(
          new ObjectPostProcessor<CompositeSessionAuthenticationStrategy>() {
            @Override
            public <O extends CompositeSessionAuthenticationStrategy> O postProcess(O all) {
              return (O) thenIssue(all);
            }
          });
    }
  }

  /**
   * Any of the strategies, those added later too, may refuse the sign-in: all of them come first.
   */
  private CompositeSessionAuthenticationStrategy thenIssue(SessionAuthenticationStrategy all) {
    return new CompositeSessionAuthenticationStrategy(
        List.of(
            all,
            (user, request, response) -> {
              if (issuing != null) {
                issuing.onAuthentication(user, request, response);
              }
            }));
  }

  @Override
  @SuppressWarnings("unchecked")
  public void init(HttpSecurity http) {
    UserIdentities described = identities;
    AspNetCookieSignIn signIn =
        new AspNetCookieSignIn(
            cookies,
            described == null ? new NameAndRoles(cookies.scheme(), authorities) : described,
            RequiredFactors.of(http.getSharedObject(ApplicationContext.class)));
    issuing = described == null ? null : signIn;
    LogoutConfigurer<HttpSecurity> logout = http.getConfigurer(LogoutConfigurer.class);
    if (logout != null) {
      logout.addLogoutHandler(signIn);
    }
  }

  @Override
  public void configure(HttpSecurity http) {
    // The user decides whose tokens against forged requests are good, so he comes first.
    http.addFilterBefore(new AspNetCookieFilter(cookies, authorities, validator), CsrfFilter.class);
  }
}
