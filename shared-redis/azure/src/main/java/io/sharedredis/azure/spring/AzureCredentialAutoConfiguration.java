package io.sharedredis.azure.spring;

import com.azure.core.credential.TokenCredential;
import com.azure.identity.DefaultAzureCredentialBuilder;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;

/** The credential that needs no secret in settings, unless the application has one of its own. */
@AutoConfiguration
@ConditionalOnClass(DefaultAzureCredentialBuilder.class)
@EnableConfigurationProperties(AzureProperties.class)
public class AzureCredentialAutoConfiguration {

  @Bean
  @Lazy
  @ConditionalOnMissingBean
  TokenCredential azureCredential(AzureProperties properties) {
    DefaultAzureCredentialBuilder builder = new DefaultAzureCredentialBuilder();
    if (properties.tenantId() != null) {
      builder.tenantId(properties.tenantId());
    }
    if (properties.clientId() != null) {
      builder.managedIdentityClientId(properties.clientId());
      builder.workloadIdentityClientId(properties.clientId());
    }
    return builder.build();
  }
}
