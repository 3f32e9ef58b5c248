package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.SimpleGrantedAuthority;

/**
 * How claims become authorities. Immutable.
 *
 * @param rolePrefix what stands before a role, {@code ROLE_} in Spring Security
 * @param roleClaims claim types that are roles besides the one that each identity names itself
 * @param prefixes further claim types and what stands before their values, of which one claim may
 *     hold several with blanks between: {@code scope} → {@code SCOPE_}. Where nothing stands before
 *     them, values that begin with the role prefix are passed over
 */
public record ClaimAuthorities(
    String rolePrefix, Set<String> roleClaims, Map<String, String> prefixes) {

  /** Roles as {@code ROLE_…}; {@code scope} and {@code scp} as {@code SCOPE_…}. */
  public static final ClaimAuthorities DEFAULT =
      new ClaimAuthorities("ROLE_", Set.of(), Map.of("scope", "SCOPE_", "scp", "SCOPE_"));

  /** Copies the collections. */
  public ClaimAuthorities {
    roleClaims = Set.copyOf(roleClaims);
    prefixes = Map.copyOf(prefixes);
  }

  /** The authorities of a ticket's user, each once, in the order of the claims. */
  public Collection<GrantedAuthority> of(Ticket ticket) {
    Set<GrantedAuthority> authorities = new LinkedHashSet<>();
    ticket.identities().stream()
        .filter(TicketIdentity::isAuthenticated)
        .flatMap(identity -> identity.claims().stream().flatMap(claim -> names(identity, claim)))
        .map(SimpleGrantedAuthority::new)
        .forEach(authorities::add);
    return List.copyOf(authorities);
  }

  private Stream<String> names(TicketIdentity identity, TicketClaim claim) {
    if (claim.value().isBlank()) {
      return Stream.empty();
    }
    if (claim.type().equals(identity.roleClaimType()) || roleClaims.contains(claim.type())) {
      return Stream.of(rolePrefix + claim.value());
    }
    String prefix = prefixes.get(claim.type());
    return prefix == null
        ? Stream.empty()
        : Arrays.stream(claim.value().strip().split("\\s+"))
            .map(value -> prefix + value)
            .filter(name -> !pretendsToBeRole(name, prefix));
  }

  /** Whoever may choose a value of such a claim must not choose his role by it. */
  private boolean pretendsToBeRole(String name, String prefix) {
    return !rolePrefix.isEmpty() && !prefix.startsWith(rolePrefix) && name.startsWith(rolePrefix);
  }
}
