package io.sharedredis.spring.security.aspnet;

import io.sharedredis.dataprotection.aspnet.identity.PasswordHashes;
import org.springframework.security.crypto.password.AbstractValidatingPasswordEncoder;

/**
 * Checks and makes password hashes of an ASP.NET Core Identity database, so that its users sign in
 * unchanged. Reads versions 2 and 3 and writes what {@link PasswordHashes} is set to. Thread-safe.
 *
 * <p>Hashes weaker than new ones are made anew at the next sign-in by Spring Security where a
 * {@code UserDetailsPasswordService} is there. A stored hash that cannot be read, or asks for more
 * iterations than {@link PasswordHashes} carries out, fails like a wrong password. The comparison
 * takes the same time wherever the hashes differ.
 */
public final class IdentityPasswordEncoder extends AbstractValidatingPasswordEncoder {

  private final PasswordHashes hashes;

  /**
   * @param hashes decides version and iterations of new hashes
   */
  public IdentityPasswordEncoder(PasswordHashes hashes) {
    this.hashes = hashes;
  }

  @Override
  protected String encodeNonNullPassword(String rawPassword) {
    return hashes.hash(rawPassword);
  }

  @Override
  protected boolean matchesNonNull(String rawPassword, String encodedPassword) {
    return hashes.verify(encodedPassword, rawPassword) != PasswordHashes.Verdict.FAILED;
  }

  @Override
  protected boolean upgradeEncodingNonNull(String encodedPassword) {
    return hashes.isWeaker(encodedPassword);
  }
}
