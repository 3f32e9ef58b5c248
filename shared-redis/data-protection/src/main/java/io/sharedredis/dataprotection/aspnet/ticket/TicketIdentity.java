package io.sharedredis.dataprotection.aspnet.ticket;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One identity of a user, a {@code ClaimsIdentity} in .NET.
 *
 * @param authenticationType how the user was authenticated; empty for not authenticated
 * @param nameClaimType type of the claim that names the user
 * @param roleClaimType type of the claims that are roles
 * @param bootstrapContext the token the identity was made of, or null
 * @param actor who acts for the user, or null
 */
public record TicketIdentity(
    String authenticationType,
    String nameClaimType,
    String roleClaimType,
    List<TicketClaim> claims,
    @Nullable String bootstrapContext,
    @Nullable TicketIdentity actor) {
  public TicketIdentity {
    claims = List.copyOf(claims);
  }

  /** An identity with .NET's default types for name and role. */
  public static TicketIdentity of(String authenticationType, List<TicketClaim> claims) {
    return new TicketIdentity(
        authenticationType, ClaimTypes.NAME, ClaimTypes.ROLE, claims, null, null);
  }

  public boolean isAuthenticated() {
    return !authenticationType.isEmpty();
  }

  /** Value of the first claim of that type. */
  public Optional<String> firstValue(String type) {
    return claims.stream()
        .filter(claim -> claim.type().equals(type))
        .map(TicketClaim::value)
        .findFirst();
  }

  /** The user's name. */
  public Optional<String> name() {
    return firstValue(nameClaimType);
  }
}
