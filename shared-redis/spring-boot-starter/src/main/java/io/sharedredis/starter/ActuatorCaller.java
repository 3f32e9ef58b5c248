package io.sharedredis.starter;

import java.security.Principal;
import org.springframework.boot.actuate.endpoint.SecurityContext;

/** Who asked for an operation of the actuator, as the log names him. */
public final class ActuatorCaller {

  private ActuatorCaller() {}

  /**
   * The caller's name, or {@code nobody signed in}. It may come from a stranger's form: what could
   * begin a line of its own in the log, steer a terminal or hide in the text becomes {@code ?}.
   */
  public static String name(SecurityContext caller) {
    Principal principal = caller.getPrincipal();
    String name = principal == null ? null : principal.getName();
    return name == null
        ? "nobody signed in"
        : name.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
  }
}
