package io.sharedredis.conformance;

import io.sharedredis.conformance.Tokens.SignIn;
import io.sharedredis.spring.hub.AuthenticationExpiry;
import io.sharedredis.spring.hub.HubPaths;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.web.filter.OncePerRequestFilter;

/** Bearer tokens; three hubs want one. */
@Configuration(proxyBeanMethods = false)
@EnableMethodSecurity
class Security {

  @Bean
  SecurityFilterChain chain(HttpSecurity http, HubPaths hubs, Tokens tokens) {
    return http.authorizeHttpRequests(
            rules ->
                rules
                    .requestMatchers(
                        hubs.only("/authorizedhub"),
                        hubs.only("/authorizedhub2"),
                        hubs.only("/probe/close-on-expiry"))
                    .authenticated()
                    .anyRequest()
                    .permitAll())
        .addFilterBefore(new Bearer(tokens), AnonymousAuthenticationFilter.class)
        .exceptionHandling(
            refusals ->
                refusals.authenticationEntryPoint(
                    (request, response, why) -> {
                      response.setHeader("WWW-Authenticate", "Bearer");
                      response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
                    }))
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(csrf -> csrf.disable())
        .requestCache(cache -> cache.disable())
        .build();
  }

  @Bean
  AuthenticationExpiry expiry() {
    return request ->
        request.getUserPrincipal() instanceof UsernamePasswordAuthenticationToken user
                && user.getDetails() instanceof SignIn signIn
            ? signIn.expires()
            : null;
  }

  /** The starter has put a token of the query into the header, on hub paths. */
  private static final class Bearer extends OncePerRequestFilter {
    private static final String SCHEME = "bearer ";
    private final Tokens tokens;

    Bearer(Tokens tokens) {
      this.tokens = tokens;
    }

    @Override
    protected void doFilterInternal(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws ServletException, IOException {
      String header = request.getHeader("Authorization");
      if (header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
        SignIn signIn = tokens.read(header.substring(SCHEME.length()).strip());
        if (signIn != null) {
          UsernamePasswordAuthenticationToken user =
              UsernamePasswordAuthenticationToken.authenticated(signIn.user(), "", List.of());
          user.setDetails(signIn);
          SecurityContext context = SecurityContextHolder.createEmptyContext();
          context.setAuthentication(user);
          SecurityContextHolder.setContext(context);
        }
      }
      chain.doFilter(request, response);
    }
  }
}
