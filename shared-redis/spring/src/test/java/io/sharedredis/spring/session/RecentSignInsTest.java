package io.sharedredis.spring.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** What is remembered is what reading gives, to everybody their own. */
class RecentSignInsTest {

  private final SessionJson json = new SessionJson(getClass().getClassLoader(), List.of());
  private final AtomicLong now = new AtomicLong(1_763_805_600_000L);
  private final RecentSignIns recent = new RecentSignIns(() -> Instant.ofEpochMilli(now.get()));

  private static UsernamePasswordAuthenticationToken alice() {
    User alice =
        new User("alice", "hash", AuthorityUtils.createAuthorityList("ROLE_USER", "ROLE_ADMIN"));
    alice.eraseCredentials();
    FactorGrantedAuthority factor =
        FactorGrantedAuthority.withAuthority("FACTOR_PASSWORD")
            .issuedAt(Instant.ofEpochSecond(1_763_805_600L, 123_456_789))
            .build();
    UsernamePasswordAuthenticationToken token =
        UsernamePasswordAuthenticationToken.authenticated(
            alice,
            null,
            List.<GrantedAuthority>of(factor, alice.getAuthorities().iterator().next()));
    token.setDetails(new WebAuthenticationDetails("203.0.113.7", "session"));
    return token;
  }

  /** Reads it, and remembers it if it can be. */
  private byte[] read(UsernamePasswordAuthenticationToken token) {
    byte[] stored = json.write(new SecurityContextImpl(token));
    recent.add("s", stored, Objects.requireNonNull(json.deserialize(stored)));
    return stored;
  }

  @Test
  void signInThatIsRememberedIsThatWhichWasRead() {
    byte[] stored = read(alice());
    SecurityContextImpl known = Objects.requireNonNull(recent.find("s", stored.clone()));
    assertThat(known)
        .isEqualTo(json.deserialize(stored))
        .usingRecursiveComparison()
        .isEqualTo(json.deserialize(stored));
    assertThat(json.write(known)).isEqualTo(stored);
  }

  @Test
  void whatOneRequestDoesToItsSignInNoOtherSees() {
    byte[] stored = read(alice());
    SecurityContextImpl mine = Objects.requireNonNull(recent.find("s", stored));
    UsernamePasswordAuthenticationToken token =
        (UsernamePasswordAuthenticationToken) Objects.requireNonNull(mine.getAuthentication());
    token.setAuthenticated(false);
    token.setDetails("mine");
    token.eraseCredentials();
    mine.setAuthentication(null);
    assertThat(recent.find("s", stored)).isEqualTo(json.deserialize(stored));
  }

  @Test
  void otherJsonIsReadAndReplacesWhatWasRemembered() {
    byte[] first = read(alice());
    UsernamePasswordAuthenticationToken other = alice();
    other.setDetails(null);
    byte[] second = json.write(new SecurityContextImpl(other));
    assertThat(recent.find("s", second)).isNull();
    assertThat(recent.find("t", first)).isNull();
    recent.add("s", second, Objects.requireNonNull(json.deserialize(second)));
    assertThat(recent.find("s", second)).isNotNull();
    assertThat(recent.find("s", first)).isNull();
  }

  static List<UsernamePasswordAuthenticationToken> changeable() {
    User withPassword = new User("alice", "hash", List.of());
    UsernamePasswordAuthenticationToken detailed =
        UsernamePasswordAuthenticationToken.authenticated("alice", null, List.of());
    detailed.setDetails(new ArrayList<>(List.of("a terminal")));
    return List.of(
        detailed,
        UsernamePasswordAuthenticationToken.authenticated(withPassword, null, List.of()),
        UsernamePasswordAuthenticationToken.authenticated("alice", "secret", List.of()),
        UsernamePasswordAuthenticationToken.unauthenticated("alice", null));
  }

  @ParameterizedTest
  @MethodSource("changeable")
  void whatSomebodyCouldChangeIsReadEachTime(UsernamePasswordAuthenticationToken token) {
    assertThat(recent.find("s", read(token))).isNull();
  }

  @Test
  void isForgottenAfterHalfAMinute() {
    byte[] stored = read(alice());
    now.addAndGet(30_000);
    assertThat(recent.find("s", stored)).isNotNull();
    now.addAndGet(1);
    assertThat(recent.find("s", stored)).isNull();
    read(alice());
    assertThat(recent.find("s", stored)).isNotNull();
  }
}
