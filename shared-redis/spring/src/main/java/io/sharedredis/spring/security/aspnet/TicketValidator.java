package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.aspnet.ticket.Ticket;

/**
 * Says whether a ticket that is genuine and has not expired still counts: whether its {@code
 * AspNet.Identity.SecurityStamp} is the one in the Identity database, say. Thread-safe.
 *
 * <p>Asked in every request that the cookie would sign in, and so before each renewal. What it
 * throws fails the request.
 */
@FunctionalInterface
public interface TicketValidator {

  /** Whether the user may be signed in by this ticket; if not, nobody is and nothing is renewed. */
  boolean isValid(Ticket ticket);
}
