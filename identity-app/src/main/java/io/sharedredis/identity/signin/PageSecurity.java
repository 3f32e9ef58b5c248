package io.sharedredis.identity.signin;

import io.sharedredis.spring.web.PublicUrl;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.DelegatingPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.savedrequest.NullRequestCache;

/** Security of everything that is not a protocol endpoint. */
@Configuration(proxyBeanMethods = false)
class PageSecurity {

  /**
   * 2^10 rounds, the least OWASP accepts: paid twice per sign-in, for the person and for the
   * client.
   */
  private static final int BCRYPT_STRENGTH = 10;

  @Bean
  PasswordEncoder passwordEncoder() {
    return new DelegatingPasswordEncoder(
        "bcrypt", Map.of("bcrypt", new BCryptPasswordEncoder(BCRYPT_STRENGTH)));
  }

  @Bean
  @Order(20)
  SecurityFilterChain pages(
      HttpSecurity http, SignInEntryPoint entryPoint, SignInOutcome outcome, PublicUrl site)
      throws Exception {
    String policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none';"
            + " frame-ancestors 'none'; form-action 'self' "
            + site.origin();
    return http.authorizeHttpRequests(
            requests ->
                requests
                    .requestMatchers(
                        "/login",
                        PageController.SIGN_IN_AGAIN,
                        "/signed-out",
                        "/error",
                        "/css/**",
                        "/img/**")
                    .permitAll()
                    .anyRequest()
                    .authenticated())
        .formLogin(form -> form.loginPage("/login").successHandler(outcome).failureHandler(outcome))
        .logout(logout -> logout.logoutSuccessUrl("/signed-out").deleteCookies("identity.session"))
        .exceptionHandling(problems -> problems.authenticationEntryPoint(entryPoint))
        .requestCache(cache -> cache.requestCache(new NullRequestCache()))
        .headers(
            headers ->
                headers
                    .contentSecurityPolicy(csp -> csp.policyDirectives(policy))
                    .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
                    .frameOptions(HeadersConfigurer.FrameOptionsConfig::deny))
        .build();
  }
}
