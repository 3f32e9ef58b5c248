package io.sharedredis.spring.security.aspnet;

import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AbstractAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;

/**
 * A user who was signed in by an ASP.NET Core cookie. Lives for one request: the cookie is the
 * session.
 */
public final class TicketAuthentication extends AbstractAuthenticationToken {

  private static final long serialVersionUID = 1L;

  private final transient TicketPrincipal principal;

  /** An authenticated user with the authorities that his claims became. */
  public TicketAuthentication(
      TicketPrincipal principal, Collection<? extends GrantedAuthority> authorities) {
    super(authorities);
    this.principal = principal;
    super.setAuthenticated(true);
  }

  @Override
  public TicketPrincipal getPrincipal() {
    return principal;
  }

  /** None: the cookie stays between browser and filter. */
  @Override
  public @Nullable Object getCredentials() {
    return null;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TicketAuthentication that
        && super.equals(other)
        && principal.equals(that.principal);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), principal);
  }
}
