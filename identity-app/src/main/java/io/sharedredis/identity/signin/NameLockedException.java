package io.sharedredis.identity.signin;

import java.time.Instant;
import org.springframework.security.authentication.LockedException;

/** Too many failed sign-ins for a login name; says until when. */
final class NameLockedException extends LockedException {

  private static final long serialVersionUID = 1L;

  private final Instant until;

  NameLockedException(Instant until) {
    super("locked until " + until);
    this.until = until;
  }

  Instant until() {
    return until;
  }
}
