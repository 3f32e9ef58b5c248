package io.sharedredis.starter;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.spring.security.SealedRememberMe;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.security.core.userdetails.UserDetailsService;

/** Remember-me cookies that any replica takes, for applications that have users of their own. */
@AutoConfiguration(
    after = DataProtectionAutoConfiguration.class,
    afterName =
        "org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnSingleCandidate(UserDetailsService.class)
@EnableConfigurationProperties(RememberMeProperties.class)
public class RememberMeAutoConfiguration {

  /** Does nothing until a filter chain is configured with it. */
  @Bean
  @ConditionalOnMissingBean
  SealedRememberMe sealedRememberMe(
      DataProtectionProvider provider,
      UserDetailsService users,
      Farm farm,
      RememberMeProperties properties) {
    return new SealedRememberMe(provider, users, properties.lifetime(), farm.publicUrl().secure());
  }
}
