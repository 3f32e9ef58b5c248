package io.sharedredis.spring.session;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.web.authentication.switchuser.SwitchUserGrantedAuthority;

/**
 * Who really sits there when a session acts as somebody else ({@code SwitchUserFilter}): the
 * session stays with the one who signed in, who can end it, and whose end ends it.
 */
final class RealUser {

  /** Spring Security nests one; more than this is no sign-in of anybody. */
  private static final int DEEPEST = 16;

  private RealUser() {}

  /** The innermost one behind a switched authentication, or null if it is nobody else. */
  static @Nullable Authentication behind(Authentication authentication) {
    Authentication source = source(authentication);
    Authentication real = null;
    for (int depth = 0; source != null && depth < DEEPEST; depth++) {
      real = source;
      source = source(source);
    }
    return real;
  }

  private static @Nullable Authentication source(Authentication authentication) {
    for (GrantedAuthority authority : authentication.getAuthorities()) {
      if (authority instanceof SwitchUserGrantedAuthority switched) {
        return switched.getSource();
      }
    }
    return null;
  }
}
