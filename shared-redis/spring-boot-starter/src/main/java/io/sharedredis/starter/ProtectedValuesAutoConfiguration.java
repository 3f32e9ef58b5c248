package io.sharedredis.starter;

import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.spring.sealed.ProtectedJson;
import io.sharedredis.spring.sealed.ProtectedParameters;
import io.sharedredis.spring.sealed.ProtectedValues;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Values marked {@code @Protected}: sealed outside the application, open inside. */
@AutoConfiguration(after = DataProtectionAutoConfiguration.class)
public class ProtectedValuesAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  ProtectedValues protectedValues(DataProtectionProvider provider) {
    return new ProtectedValues(provider);
  }

  /** Spring Boot adds it to its own mapper. */
  @Bean
  @ConditionalOnMissingBean
  ProtectedJson protectedJson(ProtectedValues values) {
    return new ProtectedJson(values);
  }

  /** Only where there are controllers. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
  static class Controllers {

    @Bean
    @ConditionalOnMissingBean
    static ProtectedParameters protectedParameters(
        ObjectProvider<ProtectedValues> values,
        ObjectProvider<RequestMappingHandlerMapping> mappings) {
      return new ProtectedParameters(values, mappings);
    }
  }
}
