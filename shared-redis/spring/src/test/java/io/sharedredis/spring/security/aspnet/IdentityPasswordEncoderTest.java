package io.sharedredis.spring.security.aspnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.aspnet.identity.PasswordHashes;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.dao.DaoAuthenticationProvider;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;

/** Users of an Identity database before Spring Security's own authentication provider. */
class IdentityPasswordEncoderTest {

  /** Made by ASP.NET Core Identity: version 3 with 10,000 × SHA-256, for "secret". */
  private static final String OLD_V3 =
      "AQAAAAEAACcQAAAAEDxz9ky7XfN5VXIJncOoyRp/A7fRvbqquzXBV6TPTKyMe9dzRvDsz0q2y8hA0Wp3Ng==";

  /** Made by ASP.NET Core Identity: version 2, for "Passw0rd!". */
  private static final String V2 =
      "AB+64LbkmkNDf+uwgTEs5dGp4fH+JUEnXWrW9czN4Lz+CKPIZxzSwm5SdxNGLWEcOg==";

  private final IdentityPasswordEncoder encoder =
      new IdentityPasswordEncoder(new PasswordHashes(1_000, new SecureRandom()));
  private final AtomicReference<String> stored = new AtomicReference<>("");

  @Test
  void userOfAnIdentityDatabaseSignsInAndGetsAStrongerHash() {
    stored.set(V2);
    assertThat(signIn("Passw0rd!").isAuthenticated()).isTrue();
    assertThat(stored.get()).as("made anew in version 3").startsWith("AQAAAAIAAAPo");
    String renewed = stored.get();
    assertThat(signIn("Passw0rd!").isAuthenticated()).isTrue();
    assertThat(stored.get()).as("kept while it is strong enough").isEqualTo(renewed);

    stored.set(OLD_V3);
    assertThat(signIn("secret").isAuthenticated()).isTrue();
    assertThat(stored.get()).as("SHA-256 gives way to SHA-512").startsWith("AQAAAAIAAAPo");
  }

  @Test
  void wrongPasswordFailsAndLeavesTheHash() {
    stored.set(V2);
    assertThatThrownBy(() -> signIn("passw0rd!")).isInstanceOf(BadCredentialsException.class);
    assertThat(stored).hasValue(V2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "{noop}secret",
        "AA==",
        "AQAAAAIAAAPoAAAA",
        // 2,147,483,647 iterations: refused before any is carried out
        "AQAAAAJ/////AAAAEEpTFjxiTeObzXvaetxVbvp9I3cdNV7w1apjSzh4ehBizJVpui+8HaWBfUTIayBghw=="
      })
  void hashThatCannotBeReadFailsLikeAWrongPassword(String hash) {
    assertThat(encoder.matches("secret", hash)).isFalse();
    assertThat(encoder.matches(null, hash)).isFalse();
  }

  @Test
  void version2IsWrittenWhereItIsAskedFor() {
    IdentityPasswordEncoder old =
        new IdentityPasswordEncoder(PasswordHashes.version2(new SecureRandom()));
    String hash = old.encode("secret");
    assertThat(hash).startsWith("A").hasSize(68);
    assertThat(old.matches("secret", hash)).isTrue();
    assertThat(old.upgradeEncoding(hash)).isFalse();
    assertThat(old.upgradeEncoding(OLD_V3)).as("version 2 would be weaker").isFalse();
    assertThat(encoder.matches("secret", hash)).isTrue();
    assertThat(encoder.upgradeEncoding(hash)).isTrue();
  }

  private UsernamePasswordAuthenticationToken signIn(String password) {
    DaoAuthenticationProvider provider = new DaoAuthenticationProvider(name -> user());
    provider.setPasswordEncoder(encoder);
    provider.setUserDetailsPasswordService(
        (user, hash) -> {
          stored.set(hash);
          return user();
        });
    return (UsernamePasswordAuthenticationToken)
        provider.authenticate(
            UsernamePasswordAuthenticationToken.unauthenticated("alice", password));
  }

  private UserDetails user() {
    return User.withUsername("alice").password(stored.get()).roles("USER").build();
  }
}
