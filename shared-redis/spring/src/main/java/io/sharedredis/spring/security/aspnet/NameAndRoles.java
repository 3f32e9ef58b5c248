package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.aspnet.ticket.ClaimTypes;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

/**
 * Describes a user by his name (as name identifier and name), his roles and whatever other
 * authorities have a claim; somebody whom an ASP.NET Core cookie signed in keeps his own claims.
 */
public final class NameAndRoles implements UserIdentities {

  private final String scheme;
  private final ClaimAuthorities mapping;

  /**
   * @param scheme that the cookie is issued under
   * @param mapping used the other way round
   */
  public NameAndRoles(String scheme, ClaimAuthorities mapping) {
    this.scheme = scheme;
    this.mapping = mapping;
  }

  @Override
  public List<TicketIdentity> of(Authentication user) {
    if (user.getPrincipal() instanceof TicketPrincipal known) {
      return known.ticket().identities();
    }
    List<TicketClaim> claims = new ArrayList<>();
    claims.add(TicketClaim.of(ClaimTypes.NAME_IDENTIFIER, user.getName()));
    claims.add(TicketClaim.of(ClaimTypes.NAME, user.getName()));
    for (GrantedAuthority authority : user.getAuthorities()) {
      String name = authority.getAuthority();
      if (name != null) {
        addClaim(name, claims);
      }
    }
    return List.of(TicketIdentity.of(scheme, claims));
  }

  private void addClaim(String authority, List<TicketClaim> claims) {
    if (authority.startsWith(mapping.rolePrefix())) {
      claims.add(
          TicketClaim.of(ClaimTypes.ROLE, authority.substring(mapping.rolePrefix().length())));
      return;
    }
    mapping.prefixes().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .filter(entry -> !entry.getValue().isEmpty() && authority.startsWith(entry.getValue()))
        .findFirst()
        .ifPresent(
            entry ->
                claims.add(
                    TicketClaim.of(
                        entry.getKey(), authority.substring(entry.getValue().length()))));
  }
}
