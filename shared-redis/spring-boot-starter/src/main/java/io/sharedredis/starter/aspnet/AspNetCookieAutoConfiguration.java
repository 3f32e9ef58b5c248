package io.sharedredis.starter.aspnet;

import static io.sharedredis.spring.security.aspnet.AspNetCookieConfigurer.aspNetCookie;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.spring.security.aspnet.AspNetCookieConfigurer;
import io.sharedredis.spring.security.aspnet.AspNetCookies;
import io.sharedredis.spring.security.aspnet.ClaimAuthorities;
import io.sharedredis.spring.security.aspnet.NameAndRoles;
import io.sharedredis.spring.security.aspnet.TicketValidator;
import io.sharedredis.spring.security.aspnet.UserIdentities;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import io.sharedredis.starter.Farm;
import java.time.InstantSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;

/** Users who are signed in at ASP.NET Core applications, only where that is asked for. */
@AutoConfiguration(after = DataProtectionAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnProperty("shared-redis.security.aspnet-cookie.enabled")
@EnableConfigurationProperties(AspNetCookieProperties.class)
public class AspNetCookieAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  AspNetCookies aspNetCookies(
      DataProtectionProvider provider,
      Farm farm,
      AspNetCookieProperties properties,
      ObjectProvider<InstantSource> clock) {
    return new AspNetCookies(
        provider,
        properties.options(farm.publicUrl().secure()),
        clock.getIfUnique(InstantSource::system));
  }

  @Bean
  @ConditionalOnMissingBean
  ClaimAuthorities claimAuthorities(AspNetCookieProperties properties) {
    return properties.authorities();
  }

  /** Also what antiforgery tokens are bound to: both must say the same of a user. */
  @Bean
  @ConditionalOnMissingBean
  @ConditionalOnProperty("shared-redis.security.aspnet-cookie.issue")
  UserIdentities userIdentities(AspNetCookieProperties properties, ClaimAuthorities authorities) {
    return new NameAndRoles(properties.scheme(), authorities);
  }

  /** Spring Security applies this to every filter chain before the application's own words. */
  @Bean
  Customizer<HttpSecurity> aspNetCookieOnEveryChain(
      AspNetCookies cookies,
      ClaimAuthorities authorities,
      AspNetCookieProperties properties,
      ObjectProvider<TicketValidator> validator,
      ObjectProvider<UserIdentities> identities) {
    return http -> {
      AspNetCookieConfigurer configurer = aspNetCookie(cookies).authorities(authorities);
      validator.ifAvailable(configurer::validator);
      if (properties.issue()) {
        configurer.issueAtSignIn(identities.getObject());
      }
      http.with(configurer, Customizer.withDefaults());
    };
  }
}
