package io.sharedredis.starter.hub;

import io.sharedredis.spring.hub.HubAccessTokenFilter;
import io.sharedredis.spring.hub.HubPaths;
import io.sharedredis.spring.hub.HubRefusalFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;

/**
 * What Spring Security needs to know of hubs: their own Origin check stands for CSRF tokens, and
 * where a bearer token may stand.
 */
@AutoConfiguration(
    after = HubAutoConfiguration.class,
    beforeName =
        "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(HttpSecurity.class)
public class HubSecurityAutoConfiguration {

  /** Before Spring Security's filter, which stands at -100. */
  private static final int BEFORE_SECURITY = Ordered.HIGHEST_PRECEDENCE + 200;

  @Bean
  Customizer<HttpSecurity> hubPathsWithoutCsrfTokens(HubPaths paths) {
    return http -> http.csrf(csrf -> csrf.ignoringRequestMatchers(paths));
  }

  @Bean
  FilterRegistrationBean<HubAccessTokenFilter> hubAccessTokenFilter(HubPaths paths) {
    FilterRegistrationBean<HubAccessTokenFilter> registration =
        new FilterRegistrationBean<>(new HubAccessTokenFilter(paths));
    registration.setOrder(BEFORE_SECURITY);
    return registration;
  }

  @Bean
  FilterRegistrationBean<HubRefusalFilter> hubRefusalFilter(HubPaths paths) {
    FilterRegistrationBean<HubRefusalFilter> registration =
        new FilterRegistrationBean<>(new HubRefusalFilter(paths));
    registration.setOrder(BEFORE_SECURITY - 1);
    return registration;
  }
}
