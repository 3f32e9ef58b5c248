package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.aspnet.ticket.ClaimTypes;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.security.core.AuthenticatedPrincipal;

/**
 * A user as an ASP.NET Core ticket describes him, the {@code ClaimsPrincipal} of .NET. Immutable.
 *
 * @param ticket what the cookie held
 */
public record TicketPrincipal(Ticket ticket) implements AuthenticatedPrincipal {

  /** Claims that stand in for a missing name, the best first. */
  private static final List<String> INSTEAD_OF_A_NAME = List.of(ClaimTypes.NAME_IDENTIFIER, "sub");

  /** The name claim of the first identity, else what identifies the user; empty without either. */
  @Override
  public String getName() {
    Optional<TicketIdentity> first = ticket.identities().stream().findFirst();
    return first
        .flatMap(TicketIdentity::name)
        .or(() -> INSTEAD_OF_A_NAME.stream().flatMap(type -> claims(type).stream()).findFirst())
        .orElse("");
  }

  /** Values of all claims of one type, in the order of the ticket. */
  public List<String> claims(String type) {
    return claims().filter(claim -> claim.type().equals(type)).map(TicketClaim::value).toList();
  }

  private Stream<TicketClaim> claims() {
    return ticket.identities().stream().flatMap(identity -> identity.claims().stream());
  }

  /** Names the user only: claims and tokens are his own. */
  @Override
  public String toString() {
    return "TicketPrincipal[" + getName() + "]";
  }
}
