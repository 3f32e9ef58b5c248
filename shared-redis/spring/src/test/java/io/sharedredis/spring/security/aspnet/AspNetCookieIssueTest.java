package io.sharedredis.spring.security.aspnet;

import static io.sharedredis.spring.security.aspnet.AspNetCookieConfigurer.aspNetCookie;
import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.dataprotection.DataProtection;
import jakarta.servlet.Filter;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletContext;
import org.springframework.security.authorization.AuthorizationManagerFactories;
import org.springframework.security.authorization.AuthorizationManagerFactory;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.SessionManagementConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.session.SessionAuthenticationException;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;

/** The cookie is issued when the sign-in is final and not before. */
class AspNetCookieIssueTest {

  @Test
  void signInThatConcurrencyControlRefusesIssuesNoCookie() throws Exception {
    try (AnnotationConfigWebApplicationContext app = app(OneSession.class)) {
      MockHttpServletResponse first = signIn(app);
      assertThat(first.getRedirectedUrl()).isEqualTo("/");
      assertThat(cookies(first)).hasSize(1);
      assertThat(first.getHeader("Cache-Control")).contains("no-store");
      MockHttpServletResponse second = signIn(app);
      assertThat(second.getRedirectedUrl()).isEqualTo("/login?error");
      assertThat(cookies(second)).isEmpty();
    }
  }

  @Test
  void signInThatAStrategyAddedLaterRefusesIssuesNoCookie() throws Exception {
    try (AnnotationConfigWebApplicationContext app = app(RefusedLast.class)) {
      MockHttpServletResponse refused = signIn(app);
      assertThat(refused.getRedirectedUrl()).isEqualTo("/login?error");
      assertThat(cookies(refused)).isEmpty();
    }
  }

  @Test
  void firstOfTwoRequiredFactorsIssuesNoCookie() throws Exception {
    try (AnnotationConfigWebApplicationContext app = app(OneSession.class, TwoFactors.class)) {
      MockHttpServletResponse first = signIn(app);
      assertThat(first.getRedirectedUrl()).isEqualTo("/");
      assertThat(cookies(first)).isEmpty();
    }
  }

  @Test
  void userWithoutIdentitiesGetsNoCookie() throws Exception {
    try (AnnotationConfigWebApplicationContext app = app(NoIdentities.class)) {
      MockHttpServletResponse first = signIn(app);
      assertThat(first.getRedirectedUrl()).isEqualTo("/");
      assertThat(cookies(first)).isEmpty();
    }
  }

  private static List<String> cookies(MockHttpServletResponse response) {
    return response.getHeaders("Set-Cookie").stream()
        .filter(header -> header.startsWith(".AspNetCore.Cookies"))
        .toList();
  }

  private static MockHttpServletResponse signIn(AnnotationConfigWebApplicationContext app)
      throws Exception {
    MockHttpServletRequest request =
        new MockHttpServletRequest(app.getServletContext(), "POST", "/login");
    request.setServletPath("/login");
    request.setParameter("username", "bob");
    request.setParameter("password", "pw");
    MockHttpServletResponse response = new MockHttpServletResponse();
    app.getBean("springSecurityFilterChain", Filter.class)
        .doFilter(request, response, new MockFilterChain());
    return response;
  }

  private static AnnotationConfigWebApplicationContext app(Class<?>... configuration) {
    AnnotationConfigWebApplicationContext app = new AnnotationConfigWebApplicationContext();
    app.setServletContext(new MockServletContext());
    app.register(Users.class);
    app.register(configuration);
    app.refresh();
    return app;
  }

  @EnableWebSecurity
  static class Users {

    @Bean
    DataProtection ring() {
      return DataProtection.ephemeral();
    }

    @Bean
    AspNetCookies cookies(DataProtection ring) {
      return new AspNetCookies(
          ring, AspNetCookieOptions.of("Cookies", false), InstantSource.system());
    }

    @Bean
    UserDetailsService users() {
      return new InMemoryUserDetailsManager(
          User.withUsername("bob").password("{noop}pw").roles("buyer").build());
    }
  }

  static class OneSession {

    @Bean
    SecurityFilterChain security(HttpSecurity http, AspNetCookies cookies) {
      return issuing(http, cookies, new NameAndRoles("Cookies", ClaimAuthorities.DEFAULT))
          .sessionManagement(sessions -> sessions.maximumSessions(1).maxSessionsPreventsLogin(true))
          .build();
    }
  }

  static class RefusedLast {

    @Bean
    SecurityFilterChain security(HttpSecurity http, AspNetCookies cookies) {
      return issuing(http, cookies, new NameAndRoles("Cookies", ClaimAuthorities.DEFAULT))
          .with(new RefusingConfigurer(), Customizer.withDefaults())
          .build();
    }
  }

  static class NoIdentities {

    @Bean
    SecurityFilterChain security(HttpSecurity http, AspNetCookies cookies) {
      return issuing(http, cookies, user -> List.of()).build();
    }
  }

  static class TwoFactors {

    @Bean
    AuthorizationManagerFactory<Object> factors() {
      return AuthorizationManagerFactories.multiFactor()
          .requireFactors("FACTOR_PASSWORD", "FACTOR_OTT")
          .build();
    }
  }

  private static HttpSecurity issuing(
      HttpSecurity http, AspNetCookies cookies, UserIdentities identities) {
    return http.csrf(AbstractHttpConfigurer::disable)
        .formLogin(Customizer.withDefaults())
        .with(aspNetCookie(cookies), cookie -> cookie.issueAtSignIn(identities));
  }

  /** Adds its strategy when the chain is initialized, after ours was. */
  static final class RefusingConfigurer
      extends AbstractHttpConfigurer<RefusingConfigurer, HttpSecurity> {

    @Override
    @SuppressWarnings("unchecked")
    public void init(HttpSecurity http) {
      http.getConfigurer(SessionManagementConfigurer.class)
          .addSessionAuthenticationStrategy(
              (user, request, response) -> {
                throw new SessionAuthenticationException("refused");
              });
    }
  }
}
