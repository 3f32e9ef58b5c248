package io.sharedredis.starter.hub;

import io.sharedredis.spring.hub.ArgumentValidation;
import jakarta.validation.Validator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Bean Validation of arguments, where the application has a validator. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass(Validator.class)
class HubValidationConfiguration {

  @Bean
  HubChecks hubArgumentChecks(ObjectProvider<Validator> validators) {
    Validator validator = validators.getIfUnique();
    return hub -> validator == null ? null : ArgumentValidation.of(hub, validator);
  }
}
