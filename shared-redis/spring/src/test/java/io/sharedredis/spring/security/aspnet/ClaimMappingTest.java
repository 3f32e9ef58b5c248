package io.sharedredis.spring.security.aspnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.aspnet.ticket.ClaimTypes;
import io.sharedredis.dataprotection.aspnet.ticket.Ticket;
import io.sharedredis.dataprotection.aspnet.ticket.TicketClaim;
import io.sharedredis.dataprotection.aspnet.ticket.TicketIdentity;
import io.sharedredis.dataprotection.aspnet.ticket.TicketProperties;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;

/** Claims become authorities and the other way round. */
class ClaimMappingTest {

  @Test
  void rolesScopesAndConfiguredClaimsBecomeAuthorities() {
    TicketIdentity own =
        new TicketIdentity(
            "Cookies",
            "name",
            "my-role",
            List.of(
                TicketClaim.of("name", "alice"),
                TicketClaim.of("my-role", "buyer"),
                TicketClaim.of(ClaimTypes.ROLE, "not the role claim of this identity"),
                TicketClaim.of("groups", "staff"),
                TicketClaim.of("groups", "staff"),
                TicketClaim.of("scope", "orders  basket"),
                TicketClaim.of("my-role", " ")),
            null,
            null);
    TicketIdentity unauthenticated =
        TicketIdentity.of("", List.of(TicketClaim.of(ClaimTypes.ROLE, "admin")));
    Ticket ticket = new Ticket("Cookies", List.of(own, unauthenticated), TicketProperties.EMPTY);
    assertThat(ClaimAuthorities.DEFAULT.of(ticket))
        .extracting("authority")
        .containsExactly("ROLE_buyer", "SCOPE_orders", "SCOPE_basket");
    assertThat(new ClaimAuthorities("R:", Set.of("groups"), Map.of("name", "USER_")).of(ticket))
        .extracting("authority")
        .containsExactly("USER_alice", "R:buyer", "R:staff");
  }

  @Test
  void claimWithoutAPrefixMakesNobodyAnAdministrator() {
    Ticket ticket =
        new Ticket(
            "Cookies",
            List.of(
                TicketIdentity.of(
                    "Cookies",
                    List.of(
                        TicketClaim.of("permission", "ROLE_ADMIN"),
                        TicketClaim.of("permission", "read ROLE_ADMIN write"),
                        TicketClaim.of("part", "LE_ADMIN")))),
            TicketProperties.EMPTY);
    assertThat(
            new ClaimAuthorities("ROLE_", Set.of(), Map.of("permission", "", "part", "RO"))
                .of(ticket))
        .extracting("authority")
        .containsExactly("read", "write");
    assertThat(new ClaimAuthorities("ROLE_", Set.of(), Map.of("permission", "PERM_")).of(ticket))
        .extracting("authority")
        .containsExactly("PERM_ROLE_ADMIN", "PERM_read", "PERM_write");
  }

  @Test
  void userIsDescribedByNameRolesAndScopes() {
    NameAndRoles described = new NameAndRoles("Cookies", ClaimAuthorities.DEFAULT);
    TicketIdentity identity =
        described
            .of(
                UsernamePasswordAuthenticationToken.authenticated(
                    "alice",
                    null,
                    AuthorityUtils.createAuthorityList("ROLE_admin", "SCOPE_orders", "FACTOR_X")))
            .get(0);
    assertThat(identity.claims())
        .containsExactly(
            TicketClaim.of(ClaimTypes.NAME_IDENTIFIER, "alice"),
            TicketClaim.of(ClaimTypes.NAME, "alice"),
            TicketClaim.of(ClaimTypes.ROLE, "admin"),
            TicketClaim.of("scope", "orders"));
    assertThat(identity.name()).contains("alice");
    assertThat(identity.isAuthenticated()).isTrue();
  }

  @Test
  void nameIsThatOfTheFirstIdentityElseWhatIdentifiesTheUser() {
    assertThat(name(TicketClaim.of(ClaimTypes.NAME, "alice"))).isEqualTo("alice");
    assertThat(name(TicketClaim.of("sub", "42"))).isEqualTo("42");
    assertThat(name(TicketClaim.of("color", "blue"))).isEmpty();
  }

  private static String name(TicketClaim claim) {
    return new TicketPrincipal(
            new Ticket(
                "Cookies",
                List.of(TicketIdentity.of("Cookies", List.of(claim))),
                TicketProperties.EMPTY))
        .getName();
  }

  @Test
  void optionThatCannotBeUsedIsNamedWithItsValue() {
    assertThatThrownBy(() -> options("", "/", "lax", Duration.ofDays(1)))
        .hasMessageContaining("scheme");
    assertThatThrownBy(() -> options("Cookies", "x; secure", "lax", Duration.ofDays(1)))
        .hasMessageContaining("path")
        .hasMessageContaining("x; secure");
    assertThatThrownBy(() -> options("Cookies", "/", "some", Duration.ofDays(1)))
        .hasMessageContaining("same-site")
        .hasMessageContaining("some");
    assertThatThrownBy(() -> options("Cookies", "/", "Lax", Duration.ZERO))
        .hasMessageContaining("lifetime");
  }

  private static AspNetCookieOptions options(
      String scheme, String path, String sameSite, Duration lifetime) {
    return new AspNetCookieOptions(
        scheme, "name", null, path, sameSite, false, lifetime, true, false);
  }
}
