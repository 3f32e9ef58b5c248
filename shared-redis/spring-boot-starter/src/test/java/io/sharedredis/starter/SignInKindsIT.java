package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.spring.session.SharedSessionRepository;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.testkit.RedisServer;
import jakarta.servlet.http.HttpSession;
import java.net.http.HttpResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authentication.ott.InMemoryOneTimeTokenService;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.WebAttributes;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.authentication.switchuser.SwitchUserFilter;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Ways to sign in, and to fail, of which Spring Security leaves more in the session than a user and
 * roles: begun on one replica, gone on with on the other. Neither has the modules of passkeys, SAML
 * 2, LDAP and CAS, whose types are on the list.
 */
class SignInKindsIT {

  private static RedisServer redis;
  private static ConfigurableApplicationContext one;
  private static ConfigurableApplicationContext two;

  private final Visitor visitor = new Visitor("text/html");

  @BeforeAll
  static void start() {
    redis = RedisServer.start();
    one = replica("one");
    two = replica("two");
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    redis.close();
  }

  @Test
  void whoSignsInByOneTimeTokenIsSignedInOnTheOtherReplica() throws Exception {
    String token = visitor.post(one, "/ott/generate", null, "username=alice").body();
    String cookie = Visitor.cookie(visitor.post(one, "/login/ott", null, "token=" + token.strip()));
    assertThat(visitor.get(two, "/who", cookie).body())
        .isEqualTo("alice OneTimeTokenAuthentication [FACTOR_OTT, ROLE_ADMIN]");
    visitor.signOut(two, cookie);
    assertThat(visitor.get(one, "/who", cookie).statusCode()).isEqualTo(302);
  }

  @Test
  void whoActsAsSomebodyElseDoesSoOnTheOtherReplicaAndIsThemselvesAgainFromThere()
      throws Exception {
    String cookie = visitor.signIn(one, null);
    HttpResponse<String> switched = visitor.post(one, "/login/impersonate", cookie, "username=bob");
    assertThat(switched.statusCode()).isEqualTo(302);
    cookie = cookieOf(switched, cookie);
    assertThat(visitor.get(two, "/who", cookie).body())
        .isEqualTo(
            "bob UsernamePasswordAuthenticationToken [ROLE_PREVIOUS_ADMINISTRATOR, ROLE_USER]");
    HttpResponse<String> back = visitor.post(two, "/logout/impersonate", cookie, "");
    assertThat(back.statusCode()).isEqualTo(302);
    cookie = cookieOf(back, cookie);
    assertThat(visitor.get(one, "/who", cookie).body())
        .isEqualTo("alice UsernamePasswordAuthenticationToken [FACTOR_PASSWORD, ROLE_ADMIN]");
    assertThat(one.getBean(SharedSessionRepository.class).droppedAttributes()).isZero();
    assertThat(two.getBean(SharedSessionRepository.class).droppedAttributes()).isZero();
  }

  /** One session each is allowed here: a second one of bob's would end his. */
  @Test
  void sessionOfWhoActsAsSomebodyElseStaysTheirOwn() throws Exception {
    UserSessions sessions = two.getBean(UserSessions.class);
    String bobs =
        Visitor.cookie(visitor.post(two, "/login", null, "username=bob&password=Pass123$"));
    String cookie = visitor.signIn(one, null);
    HttpResponse<String> switched = visitor.post(one, "/login/impersonate", cookie, "username=bob");
    cookie = cookieOf(switched, cookie);
    assertThat(visitor.get(two, "/who", cookie).body()).startsWith("bob ");
    assertThat(visitor.get(two, "/who", bobs).body()).as("bob noticed nothing").startsWith("bob ");
    assertThat(sessions.count("bob")).isOne();
    assertThat(sessions.count("alice")).isOne();
    String acting = sessions.list("alice", 0).get(0).id();
    assertThat(sessions.end("bob", acting)).as("not his to end").isFalse();
    assertThat(sessions.endAll("alice")).isOne();
    assertThat(visitor.get(one, "/who", cookie).statusCode()).isEqualTo(302);
    HttpResponse<String> back = visitor.post(two, "/logout/impersonate", cookie, "");
    assertThat(visitor.get(one, "/who", cookieOf(back, cookie)).statusCode())
        .as("no way back to alice's rights")
        .isEqualTo(302);
    assertThat(visitor.get(one, "/who", bobs).body()).startsWith("bob ");
  }

  /** Of the last one nothing can be kept but that it failed. */
  @ParameterizedTest
  @CsvSource({
    "carol, LockedException: User account is locked",
    "dave, DisabledException: User is disabled",
    "erin, CredentialsExpiredException: User credentials have expired",
    "nobody, BadCredentialsException: Bad credentials",
    "mallory, nothing"
  })
  void pageOfTheOtherReplicaTellsWhyASignInFailed(String name, String why) throws Exception {
    HttpResponse<String> failed =
        visitor.post(one, "/login", null, "username=" + name + "&password=Pass123$");
    assertThat(failed.statusCode()).isEqualTo(302);
    assertThat(failed.headers().firstValue("Location").orElseThrow()).endsWith("/login?error");
    String cookie = Visitor.cookie(failed);
    assertThat(visitor.get(two, "/login?error", cookie).statusCode()).isEqualTo(200);
    assertThat(visitor.get(two, "/why", cookie).body()).isEqualTo(why);
  }

  private static String cookieOf(HttpResponse<String> answer, String before) {
    return answer.headers().allValues("Set-Cookie").isEmpty() ? before : Visitor.cookie(answer);
  }

  private static ConfigurableApplicationContext replica(String name) {
    return new SpringApplicationBuilder(App.class)
        .run(
            "--server.port=0",
            "--spring.application.name=sign-in-kinds",
            "--REPLICA_NAME=" + name,
            "--spring.data.redis.url=" + redis.url(),
            "--shared-redis.session.store=shared",
            "--shared-redis.session.max-sessions-per-user=1",
            "--shared-redis.drain.notice=0s");
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @RestController
  static class App {

    /** As a database would be: both replicas know the tokens. */
    private static final InMemoryOneTimeTokenService TOKENS = new InMemoryOneTimeTokenService();

    @Bean
    SecurityFilterChain security(HttpSecurity http, UserDetailsService users) {
      SwitchUserFilter switching = new SwitchUserFilter();
      switching.setUserDetailsService(users);
      switching.setTargetUrl("/who");
      switching.setSecurityContextRepository(new HttpSessionSecurityContextRepository());
      switching.afterPropertiesSet();
      return http.authorizeHttpRequests(
              requests ->
                  requests
                      .requestMatchers("/login/impersonate")
                      .hasRole("ADMIN")
                      .requestMatchers("/why")
                      .permitAll()
                      .anyRequest()
                      .authenticated())
          .formLogin(Customizer.withDefaults())
          .oneTimeTokenLogin(
              tokens ->
                  tokens
                      .tokenService(TOKENS)
                      .tokenGenerationSuccessHandler(
                          (request, response, token) ->
                              response.getWriter().write(token.getTokenValue())))
          .authenticationProvider(new Quota())
          .addFilterAfter(switching, AuthorizationFilter.class)
          .csrf(csrf -> csrf.disable())
          .build();
    }

    @Bean
    UserDetailsService users() {
      return new InMemoryUserDetailsManager(
          user("alice").roles("ADMIN").build(),
          user("bob").build(),
          user("carol").accountLocked(true).build(),
          user("dave").disabled(true).build(),
          user("erin").credentialsExpired(true).build());
    }

    private static User.UserBuilder user(String name) {
      return User.withUsername(name).password("{noop}Pass123$").roles("USER");
    }

    @GetMapping("/why")
    String why(HttpSession session) {
      return session.getAttribute(WebAttributes.AUTHENTICATION_EXCEPTION)
              instanceof Exception reason
          ? reason.getClass().getSimpleName() + ": " + reason.getMessage()
          : "nothing";
    }

    @GetMapping("/who")
    String who(Authentication somebody) {
      List<String> authorities =
          somebody.getAuthorities().stream().map(GrantedAuthority::getAuthority).sorted().toList();
      return somebody.getName() + " " + somebody.getClass().getSimpleName() + " " + authorities;
    }
  }

  /** Asked before the users. */
  private static final class Quota implements AuthenticationProvider {

    @Override
    public @Nullable Authentication authenticate(Authentication somebody) {
      if (somebody.getName().equals("mallory")) {
        throw new QuotaException();
      }
      return null;
    }

    @Override
    public boolean supports(Class<?> kind) {
      return kind == UsernamePasswordAuthenticationToken.class;
    }
  }

  /** An application's own, which is not on the list and could not be written either. */
  private static final class QuotaException extends LockedException {

    private static final long serialVersionUID = 1L;

    QuotaException() {
      super("used up");
    }

    @SuppressWarnings("unused") // Jackson would call it.
    public Object getQuota() {
      throw new IllegalStateException("not outside of a request");
    }
  }
}
