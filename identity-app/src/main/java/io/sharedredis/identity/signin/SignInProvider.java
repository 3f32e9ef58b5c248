package io.sharedredis.identity.signin;

import io.sharedredis.identity.accounts.Accounts;
import io.sharedredis.identity.accounts.FailedSignIns;
import io.sharedredis.identity.accounts.LoginName;
import java.time.Instant;
import java.util.Optional;
import org.springframework.security.authentication.AccountStatusUserDetailsChecker;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Component;

/**
 * Checks login name and password, and stops guessing. A locked name is refused before the password
 * is looked at, and again after: guesses that were under way when the lock fell do not get an
 * answer either. That an account is closed is said to whoever knows its password and to nobody
 * else.
 */
@Component
class SignInProvider implements AuthenticationProvider {

  private final DaoAuthenticationProvider passwords;
  private final FailedSignIns failures;

  SignInProvider(Accounts accounts, PasswordEncoder encoder, FailedSignIns failures) {
    this.passwords = new DaoAuthenticationProvider(accounts::byTypedName);
    this.passwords.setPasswordEncoder(encoder);
    this.passwords.setPreAuthenticationChecks(account -> {});
    this.passwords.setPostAuthenticationChecks(new AccountStatusUserDetailsChecker());
    this.failures = failures;
  }

  @Override
  public Authentication authenticate(Authentication attempt) {
    String name = LoginName.normalize(attempt.getName());
    refuseIfLocked(name);
    Authentication result;
    try {
      result = passwords.authenticate(attempt);
    } catch (BadCredentialsException e) {
      failures.record(name);
      refuseIfLocked(name);
      throw e;
    }
    refuseIfLocked(name);
    failures.clear(name);
    return result;
  }

  private void refuseIfLocked(String name) {
    Optional<Instant> until = failures.lockedUntil(name);
    if (until.isPresent()) {
      throw new NameLockedException(until.get());
    }
  }

  @Override
  public boolean supports(Class<?> type) {
    return UsernamePasswordAuthenticationToken.class.isAssignableFrom(type);
  }
}
