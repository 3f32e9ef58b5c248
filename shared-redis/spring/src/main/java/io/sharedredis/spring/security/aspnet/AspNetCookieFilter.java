package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
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
 * cookie when half its life is over. A cookie that is not accepted, for whatever reason, leaves the
 * request as it is. Somebody who is signed in here already stays who he is. Thread-safe.
 *
 * <p>Stands before the filter against forged requests, whose tokens are bound to the user.
 */
final class AspNetCookieFilter extends OncePerRequestFilter {

  private final AspNetCookies cookies;
  private final ClaimAuthorities authorities;
  private final SecurityContextHolderStrategy contexts =
      SecurityContextHolder.getContextHolderStrategy();
  private final AuthenticationTrustResolver trust = new AuthenticationTrustResolverImpl();

  /** Keeps the user for asynchronous and error dispatches of the same request, no longer. */
  private final RequestAttributeSecurityContextRepository dispatches =
      new RequestAttributeSecurityContextRepository();

  private final WebAuthenticationDetailsSource details = new WebAuthenticationDetailsSource();

  AspNetCookieFilter(AspNetCookies cookies, ClaimAuthorities authorities) {
    this.cookies = cookies;
    this.authorities = authorities;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Optional<Ticket> ticket = cookies.read(request);
    if (ticket.isPresent() && !trust.isAuthenticated(contexts.getContext().getAuthentication())) {
      signIn(ticket.get(), request, response);
      cookies.renew(ticket.get(), response);
    }
    chain.doFilter(request, response);
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
