package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.SecurityContext;

/** A name from outside in the log. */
class ActuatorCallerTest {

  @Test
  void nameBeginsNoLineOfItsOwnInTheLog() {
    assertThat(name("bob\r\n2026 WARN all is well")).isEqualTo("bob??2026 WARN all is well");
    assertThat(name("a\u0085b\u2028c\u001b[2Jd\u202ee")).isEqualTo("a?b?c?[2Jd?e");
    assertThat(name("Zoë O'Neil")).isEqualTo("Zoë O'Neil");
  }

  @Test
  void callerWithoutANameIsNobody() {
    assertThat(ActuatorCaller.name(caller(null))).isEqualTo("nobody signed in");
  }

  private static String name(String name) {
    return ActuatorCaller.name(caller(() -> name));
  }

  private static SecurityContext caller(@Nullable Principal principal) {
    return new SecurityContext() {
      @Override
      public @Nullable Principal getPrincipal() {
        return principal;
      }

      @Override
      public boolean isUserInRole(String role) {
        return false;
      }
    };
  }
}
