package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.aspnet.cookie.AuthenticationCookie;
import io.sharedredis.dataprotection.aspnet.cookie.RequestCookies;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProperties;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The authentication cookie of ASP.NET Core in requests and responses: read, renewed, issued,
 * deleted. Whatever is wrong with a cookie means that there is none. Thread-safe.
 */
public final class AspNetCookies {

  /** Claim of a cookie that only names a ticket in a store of the .NET application's own. */
  private static final String STORED_ELSEWHERE =
      "Microsoft.AspNetCore.Authentication.Cookies-SessionId";

  private static final String SET_COOKIE = "Set-Cookie";

  private final AspNetCookieOptions options;
  private final AuthenticationCookie cookie;
  private final InstantSource clock;

  /**
   * @param provider of the same key ring and application name as the .NET applications
   */
  public AspNetCookies(
      DataProtectionProvider provider, AspNetCookieOptions options, InstantSource clock) {
    this.options = options;
    this.clock = clock;
    this.cookie = new AuthenticationCookie(provider, options.scheme(), options.cookie(), clock);
  }

  /** The ticket of a user who is signed in now. */
  Optional<Ticket> read(HttpServletRequest request) {
    return cookie.read(cookies(request)).filter(AspNetCookies::signsIn);
  }

  /**
   * Writes the cookie anew if the ticket has lived half its life and may be renewed.
   *
   * @return whether it was written
   */
  boolean renew(Ticket ticket, HttpServletResponse response) {
    if (!options.sliding() || response.isCommitted()) {
      return false;
    }
    Optional<Ticket> renewed = cookie.renewed(ticket);
    renewed.ifPresent(fresh -> send(cookie.write(fresh), response));
    return renewed.isPresent();
  }

  /** Signs a user in at every application that takes the cookie, from now for the lifetime. */
  void issue(List<TicketIdentity> user, HttpServletResponse response) {
    Instant now = clock.instant();
    TicketProperties properties =
        options.persistent() ? TicketProperties.EMPTY.persistent() : TicketProperties.EMPTY;
    Ticket ticket =
        new Ticket(
            options.scheme(),
            user,
            properties.withIssued(now).withExpires(now.plus(options.lifetime())));
    send(cookie.write(ticket), response);
  }

  /** Deletes the cookie and all its chunks. */
  void delete(HttpServletRequest request, HttpServletResponse response) {
    send(cookie.delete(cookies(request)), response);
  }

  String scheme() {
    return options.scheme();
  }

  private static void send(List<String> headers, HttpServletResponse response) {
    headers.forEach(header -> response.addHeader(SET_COOKIE, header));
    UncachedResponse.forbidCaching(response);
  }

  private static RequestCookies cookies(HttpServletRequest request) {
    return RequestCookies.parse(String.join(";", Collections.list(request.getHeaders("Cookie"))));
  }

  private static boolean signsIn(Ticket ticket) {
    return ticket.identities().stream().anyMatch(TicketIdentity::isAuthenticated)
        && ticket.identities().stream()
            .allMatch(identity -> identity.firstValue(STORED_ELSEWHERE).isEmpty());
  }
}
