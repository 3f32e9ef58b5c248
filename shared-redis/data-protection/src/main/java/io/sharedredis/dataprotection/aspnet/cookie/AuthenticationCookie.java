package io.sharedredis.dataprotection.aspnet.cookie;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.aspnet.ticket.RfcDate;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProtector;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The cookie of ASP.NET Core's cookie authentication: who is signed in, in the user's own hands.
 * Thread-safe.
 */
public final class AuthenticationCookie {
  private static final String DEFAULT_ATTRIBUTES = "path=/; samesite=lax; httponly";

  private final TicketProtector protector;
  private final ChunkedCookie cookie;
  private final InstantSource clock;

  public AuthenticationCookie(
      DataProtectionProvider provider, String scheme, ChunkedCookie cookie, InstantSource clock) {
    this.protector = TicketProtector.ofCookies(provider, scheme);
    this.cookie = cookie;
    this.clock = clock;
  }

  /**
   * The cookie of a scheme under ASP.NET Core's default name and attributes: {@code
   * .AspNetCore.Cookies} for the scheme {@code Cookies}.
   */
  public static ChunkedCookie defaultCookie(String scheme) {
    return new ChunkedCookie(".AspNetCore." + scheme, DEFAULT_ATTRIBUTES);
  }

  /** The ticket of a request, or empty if it has none that is accepted now. */
  public Optional<Ticket> read(RequestCookies request) {
    return cookie.read(request).flatMap(protector::unprotect).filter(this::isAccepted);
  }

  /** The {@code Set-Cookie} headers that sign the ticket's user in. */
  public List<String> write(Ticket ticket) {
    return lasting(ticket).headers(protector.protect(ticket));
  }

  /** The {@code Set-Cookie} headers that sign out. */
  public List<String> delete(RequestCookies request) {
    return cookie.deletion(request);
  }

  /**
   * The ticket with a new period of validity if more than half of it is over (sliding expiration),
   * or empty if it need not or must not be renewed.
   */
  public Optional<Ticket> renewed(Ticket ticket) {
    Optional<Instant> issued = ticket.properties().issued();
    Optional<Instant> expires = ticket.properties().expires();
    if (issued.isEmpty() || expires.isEmpty() || !ticket.properties().allowRefresh().orElse(true)) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    Duration elapsed = Duration.between(issued.get(), now);
    Duration remaining = Duration.between(now, expires.get());
    if (remaining.compareTo(elapsed) >= 0) {
      return Optional.empty();
    }
    Duration lifetime = Duration.between(issued.get(), expires.get());
    return Optional.of(
        ticket.withProperties(ticket.properties().withIssued(now).withExpires(now.plus(lifetime))));
  }

  /** Only a persistent ticket gives its cookie an end; others end with the browser. */
  private ChunkedCookie lasting(Ticket ticket) {
    Optional<Instant> expires = ticket.properties().expires();
    if (!ticket.properties().isPersistent() || expires.isEmpty()) {
      return cookie;
    }
    String attributes = "expires=" + RfcDate.format(expires.get());
    return new ChunkedCookie(
        cookie.name(),
        cookie.attributes().isEmpty() ? attributes : attributes + "; " + cookie.attributes(),
        cookie.chunkSize());
  }

  private boolean isAccepted(Ticket ticket) {
    return ticket.properties().expires().map(end -> !end.isBefore(clock.instant())).orElse(true);
  }
}
