package io.sharedredis.starter;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.aspnet.antiforgery.AntiforgeryUser;
import io.sharedredis.spring.security.Antiforgery;
import io.sharedredis.spring.security.SealedAuthorizationRequests;
import io.sharedredis.spring.security.aspnet.UserIdentities;
import io.sharedredis.spring.session.SessionJson;
import io.sharedredis.starter.aspnet.AspNetCookieAutoConfiguration;
import java.security.SecureRandom;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;

/** Antiforgery tokens and the state of sign-ins, sealed by the key ring. */
@AutoConfiguration(
    after = {
      DataProtectionAutoConfiguration.class,
      EdgeAutoConfiguration.class,
      AspNetCookieAutoConfiguration.class
    })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class SecurityAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  Antiforgery antiforgery(
      DataProtectionProvider provider, Farm farm, ObjectProvider<UserIdentities> identities) {
    SecureRandom random = new SecureRandom();
    boolean secure = farm.publicUrl().secure();
    UserIdentities described = identities.getIfAvailable();
    return described == null
        ? new Antiforgery(provider, random, farm.applicationName(), secure)
        : new Antiforgery(
            provider,
            random,
            farm.applicationName(),
            secure,
            user -> AntiforgeryUser.of(described.of(user)));
  }

  /** Spring Security applies this to every filter chain before the application's own words. */
  @Bean
  Customizer<CsrfConfigurer<HttpSecurity>> antiforgeryOnEveryChain(Antiforgery antiforgery) {
    return antiforgery::configure;
  }

  /** Only where sign-ins by OpenID Connect are possible. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(AuthorizationRequestRepository.class)
  static class SignIns {

    @Bean
    @ConditionalOnMissingBean
    AuthorizationRequestRepository<OAuth2AuthorizationRequest> authorizationRequests(
        DataProtectionProvider provider, Farm farm) {
      return new SealedAuthorizationRequests(
          provider,
          new SessionJson(getClass().getClassLoader(), List.of()),
          farm.publicUrl().secure());
    }
  }
}
