package io.sharedredis.dataprotection.aspnet.ticket;

import java.util.List;

/**
 * Who is signed in and how: an {@code AuthenticationTicket} of ASP.NET Core.
 *
 * @param scheme authentication scheme that made the ticket
 * @param identities the first is the primary one; may be empty
 */
public record Ticket(String scheme, List<TicketIdentity> identities, TicketProperties properties) {
  public Ticket {
    identities = List.copyOf(identities);
  }

  public Ticket withProperties(TicketProperties other) {
    return new Ticket(scheme, identities, other);
  }

  /** Names the scheme only: claims and tokens are the user's. */
  @Override
  public String toString() {
    return "Ticket[" + scheme + "]";
  }
}
