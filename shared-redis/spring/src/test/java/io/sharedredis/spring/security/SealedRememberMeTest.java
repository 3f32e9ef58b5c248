package io.sharedredis.spring.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionOptions;
import io.sharedredis.dataprotection.repository.InMemoryKeyRepository;
import io.sharedredis.testkit.MutableClock;
import jakarta.servlet.http.Cookie;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.AuthenticatedPrincipal;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;

/** When being remembered ends. */
class SealedRememberMeTest {

  private final MutableClock clock = MutableClock.at("2026-11-22T12:00:00Z");
  private final DataProtection ring =
      new DataProtection(
          DataProtectionOptions.builder().applicationName("app").build(),
          new InMemoryKeyRepository(),
          clock,
          new SecureRandom(),
          Executors.newSingleThreadScheduledExecutor());
  private String password = "{noop}pw";

  @AfterEach
  void close() {
    ring.close();
  }

  @Test
  void cookieIsGoodUntilItsLifetimeIsOver() {
    SealedRememberMe rememberMe = rememberMe(Duration.ofDays(14));
    Cookie cookie = signIn(rememberMe);
    assertThat(cookie.getMaxAge()).isEqualTo(14 * 86_400);
    assertThat(cookie.isHttpOnly()).isTrue();
    assertThat(cookie.getSecure()).isTrue();
    assertThat(cookie.getAttribute("SameSite")).isEqualTo("Lax");
    assertThat(cookie.getValue()).doesNotContain("alice");
    clock.advance(Duration.ofDays(14));
    assertThat(autoLogin(rememberMe, cookie).getName()).isEqualTo("alice");
    clock.advance(Duration.ofSeconds(1));
    assertThat(autoLogin(rememberMe, cookie)).isNull();
  }

  @Test
  void revocationOfTheKeyEndsBeingRemembered() {
    SealedRememberMe rememberMe = rememberMe(Duration.ofDays(14));
    Cookie cookie = signIn(rememberMe);
    ring.keyManager().revoke(ring.keyManager().ring().defaultKey().id(), "stolen");
    assertThat(autoLogin(rememberMe, cookie)).isNull();
    assertThat(autoLogin(rememberMe, signIn(rememberMe))).isNotNull();
  }

  @Test
  void userWithoutAStoredPasswordIsNotRemembered() {
    SealedRememberMe rememberMe = rememberMe(Duration.ofDays(14));
    Cookie cookie = signIn(rememberMe);
    password = "";
    assertThat(signIn(rememberMe)).isNull();
    assertThat(autoLogin(rememberMe, cookie)).isNull();
  }

  /** The user service knows everybody, so only the kind of the principal can say no. */
  @Test
  void externalLoginIsNotRememberedAsTheLocalAccountOfTheSameName() {
    SealedRememberMe rememberMe = rememberMe(Duration.ofDays(14));
    AuthenticatedPrincipal external = () -> "alice";
    for (Object principal : List.of("alice", external)) {
      Authentication user =
          UsernamePasswordAuthenticationToken.authenticated(principal, null, List.of());
      assertThat(user.getName()).isEqualTo("alice");
      assertThat(signIn(rememberMe, user)).isNull();
    }
    assertThat(signIn(rememberMe)).isNotNull();
  }

  @Test
  void lifetimeThatCannotBeUsedIsNamed() {
    assertThatThrownBy(() -> rememberMe(Duration.ZERO)).hasMessageContaining("lifetime is PT0S");
  }

  private SealedRememberMe rememberMe(Duration lifetime) {
    UserDetailsService users = this::user;
    return new SealedRememberMe(ring, users, lifetime, true);
  }

  private UserDetails user(String name) {
    return User.withUsername(name).password(password).roles("USER").build();
  }

  private Cookie signIn(SealedRememberMe rememberMe) {
    UserDetails alice = user("alice");
    return signIn(
        rememberMe,
        UsernamePasswordAuthenticationToken.authenticated(alice, null, alice.getAuthorities()));
  }

  private static Cookie signIn(SealedRememberMe rememberMe, Authentication user) {
    MockHttpServletRequest request = new MockHttpServletRequest("POST", "/login");
    request.setParameter("remember-me", "on");
    MockHttpServletResponse response = new MockHttpServletResponse();
    rememberMe.loginSuccess(request, response, user);
    return response.getCookie("remember-me");
  }

  private static Authentication autoLogin(SealedRememberMe rememberMe, Cookie cookie) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/");
    request.setCookies(cookie);
    return rememberMe.autoLogin(request, new MockHttpServletResponse());
  }
}
