package io.sharedredis.dataprotection.aspnet.ticket;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.crypto.PayloadText;
import java.time.Instant;
import java.util.Optional;

/**
 * Protects tickets under the purposes of ASP.NET Core's handlers. Looks at expiry in {@link
 * #unprotectToken} only; of other tickets, whoever accepts them does. Thread-safe.
 */
public final class TicketProtector {
  private static final String BEARER = "Microsoft.AspNetCore.Authentication.BearerToken";

  private final DataProtector protector;

  private TicketProtector(DataProtector protector) {
    this.protector = protector;
  }

  /** Tickets of the cookie handler of a scheme, such as {@code Cookies}. */
  public static TicketProtector ofCookies(DataProtectionProvider provider, String scheme) {
    return new TicketProtector(
        provider.protector(
            "Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationMiddleware",
            scheme,
            "v2"));
  }

  /** Access tokens of {@code AddBearerToken}; the scheme of its tickets ends in AccessToken. */
  public static TicketProtector ofAccessTokens(DataProtectionProvider provider, String scheme) {
    return new TicketProtector(provider.protector(BEARER, scheme, "BearerToken"));
  }

  /** Refresh tokens of {@code AddBearerToken}; the scheme of its tickets ends in RefreshToken. */
  public static TicketProtector ofRefreshTokens(DataProtectionProvider provider, String scheme) {
    return new TicketProtector(provider.protector(BEARER, scheme, "RefreshToken"));
  }

  /** Base64url text, fit for a cookie or header. */
  public String protect(Ticket ticket) {
    return PayloadText.encode(protector.protect(TicketFormat.write(ticket)));
  }

  /**
   * The ticket, for people who want to know why it cannot be read; never an answer to a stranger.
   *
   * @throws DataProtectionException if the text is not accepted, with the reason
   */
  public Ticket read(String text) {
    return TicketFormat.read(protector.unprotect(PayloadText.decode(text)));
  }

  /** The ticket, or empty if the text is not accepted, whatever the reason. */
  public Optional<Ticket> unprotect(String text) {
    try {
      return Optional.of(read(text));
    } catch (DataProtectionException e) {
      return Optional.empty();
    }
  }

  /**
   * The ticket of an access or refresh token as ASP.NET Core's bearer token handler judges it:
   * empty if the text is not accepted, if the ticket names no expiry, and from its expiry on. (A
   * cookie is still good at the instant of its expiry.)
   *
   * @param now when the token is shown
   */
  public Optional<Ticket> unprotectToken(String token, Instant now) {
    return unprotect(token)
        .filter(ticket -> ticket.properties().expires().filter(now::isBefore).isPresent());
  }
}
