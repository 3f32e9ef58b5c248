package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.authentication.WebAuthenticationDetailsSource;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Signs a user in for one request by the authentication cookie of ASP.NET Core, and renews the
 * cookie when half its life is over, one with a security stamp only where a {@link TicketValidator}
 * has looked at it. A cookie that is not accepted, for whatever reason, leaves the request as it
 * is. Somebody who is signed in here already stays who he is. Thread-safe.
 *
 * <p>Stands before the filter against forged requests, whose tokens are bound to the user.
 */
final class AspNetCookieFilter extends OncePerRequestFilter {

  /** Claim of ASP.NET Core Identity that changes when a user is signed out everywhere. */
  private static final String SECURITY_STAMP = "AspNet.Identity.SecurityStamp";

  private final AspNetCookies cookies;
  private final ClaimAuthorities authorities;
  private final @Nullable TicketValidator validator;
  private final SecurityContextHolderStrategy contexts =
      SecurityContextHolder.getContextHolderStrategy();
  private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

  /** Keeps the user for asynchronous and error dispatches of the same request, no longer. */
  private final RequestAttributeSecurityContextRepository dispatches =
      new RequestAttributeSecurityContextRepository();

  private final WebAuthenticationDetailsSource details = new WebAuthenticationDetailsSource();

  AspNetCookieFilter(
      AspNetCookies cookies, ClaimAuthorities authorities, @Nullable TicketValidator validator) {
    this.cookies = cookies;
    this.authorities = authorities;
    this.validator = validator;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<Ticket> ticket = cookies.read(request);
    if (ticket.isEmpty()
        || trust.isAuthenticated(contexts.getContext().getAuthentication())
        || !isValid(ticket.get())) {
      chain.doFilter(request, response);
      return;
    }
    signIn(ticket.get(), request, response);
    if (!mayBeRenewed(ticket.get()) || !cookies.renew(ticket.get(), response)) {
      chain.doFilter(request, response);
      return;
    }
    UncachedResponse renewed = new UncachedResponse(response);
    try {
      chain.doFilter(request, renewed);
    } finally {
      renewed.finish();
    }
  }

  private boolean isValid(Ticket ticket) {
    return validator == null || validator.isValid(ticket);
  }

  /**
   * A renewed ticket counts as freshly issued, and .NET looks at the stamp of those that are old
   * only: renewed unseen, the cookie of a user whom Identity has signed out would never end.
   */
  private boolean mayBeRenewed(Ticket ticket) {
    return validator != null
        || ticket.identities().stream()
            .allMatch(identity -> identity.firstValue(SECURITY_STAMP).isEmpty());
  }

  private void signIn(Ticket ticket, HttpServletRequest request, HttpServletResponse response) {
    TicketAuthentication user =
        new TicketAuthentication(new TicketPrincipal(ticket), authorities.of(ticket));
    user.setDetails(details.buildDetails(request));
    SecurityContext context = contexts.createEmptyContext();
    context.setAuthentication(user);
    contexts.setContext(context);
    dispatches.saveContext(context, request, response);
  }
}
