package io.sharedredis.azure.spring;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import io.sharedredis.azure.KeyVault;
import io.sharedredis.azure.KeyVaultOptions;
import io.sharedredis.dataprotection.keyring.EntryAuthentication;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import io.sharedredis.starter.DataProtectionCustomizer;
import io.sharedredis.starter.InvalidSettingException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/** The key ring under Key Vault, where settings name it. */
@AutoConfiguration(
    before = DataProtectionAutoConfiguration.class,
    after = AzureCredentialAutoConfiguration.class)
@ConditionalOnClass(DataProtectionCustomizer.class)
@EnableConfigurationProperties(KeyVaultProperties.class)
public class KeyVaultAutoConfiguration {

  /** After certificates: with both, Key Vault wraps new keys and certificates open old ones. */
  @Bean
  @Order(100)
  DataProtectionCustomizer keyVault(
      KeyVaultProperties properties,
      ObjectProvider<TokenCredential> credentials,
      ObjectProvider<HttpClient> http) {
    if (!properties.isUsed()) {
      return options -> {};
    }
    KeyVaultOptions vaultOptions = checked(() -> options(properties, http), properties);
    TokenCredential credential =
        Credentials.required(credentials, KeyVaultProperties.PREFIX, "given");
    KeyVault vault = KeyVault.connect(vaultOptions, credential, InstantSource.system());
    return options -> {
      options.addSecretDecryptor(vault.decryptor());
      vault.encryptor(new SecureRandom()).ifPresent(options::secretEncryptor);
      String secret = properties.entrySecret();
      if (secret != null) {
        EntryAuthentication entries = checked(() -> vault.entryAuthentication(secret), properties);
        options.entryAuthentication(entries);
      }
    };
  }

  private static KeyVaultOptions options(
      KeyVaultProperties properties, ObjectProvider<HttpClient> http) {
    KeyVaultOptions.Builder builder =
        KeyVaultOptions.builder().deadline(properties.deadline()).pause(properties.retryPause());
    if (properties.key() != null) {
      builder.key(properties.key());
    }
    properties.allowedKeys().forEach(builder::allowedKey);
    http.ifAvailable(builder::httpClient);
    return builder.build();
  }

  private static <T> T checked(Supplier<T> made, KeyVaultProperties properties) {
    try {
      return made.get();
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(
          KeyVaultProperties.PREFIX,
          properties,
          "cannot be used: " + e.getMessage(),
          "Correct the option that is named.");
    }
  }
}
