package io.sharedredis.azure.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.credential.TokenCredential;
import com.azure.identity.DefaultAzureCredential;
import com.azure.identity.DefaultAzureCredentialBuilder;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import io.sharedredis.starter.FarmAutoConfiguration;
import io.sharedredis.starter.InvalidSettingException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class KeyVaultAutoConfigurationTest {

  private static final String PREFIX = "shared-redis.data-protection.key-vault.";
  private static final String KEY = PREFIX + "key=https://unit.vault.azure.net/keys/ring";

  private final ApplicationContextRunner app =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  FarmAutoConfiguration.class,
                  DataProtectionAutoConfiguration.class,
                  AzureCredentialAutoConfiguration.class,
                  KeyVaultAutoConfiguration.class))
          .withPropertyValues("shared-redis.application-name=shop", "IsClusterEnv=false");

  @Test
  void withoutSettingsNothingOfAzureIsTouched() {
    app.withClassLoader(new FilteredClassLoader(DefaultAzureCredentialBuilder.class))
        .run(
            context -> {
              assertThat(context).doesNotHaveBean(TokenCredential.class);
              var protector = context.getBean(DataProtectionProvider.class).protector("p");
              assertThat(protector.unprotect(protector.protect("x"))).isEqualTo("x");
            });
  }

  @Test
  void credentialIsTheDefaultOneUnlessTheApplicationHasItsOwn() {
    app.withPropertyValues("shared-redis.azure.client-id=me", "shared-redis.azure.tenant-id=us")
        .run(
            context ->
                assertThat(context.getBean(TokenCredential.class))
                    .isInstanceOf(DefaultAzureCredential.class));
    TokenCredential own = request -> null;
    app.withBean(TokenCredential.class, () -> own)
        .run(context -> assertThat(context.getBean(TokenCredential.class)).isSameAs(own));
  }

  @Test
  void missingCredentialIsNamedWithWhatToAdd() {
    app.withClassLoader(new FilteredClassLoader(DefaultAzureCredentialBuilder.class))
        .withPropertyValues(KEY)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOfSatisfying(
                        InvalidSettingException.class,
                        failure ->
                            assertThat(failure.action()).contains("com.azure:azure-identity")));
  }

  @Test
  void settingThatCannotBeUsedStopsTheStartAndIsNamed() {
    for (String setting :
        new String[] {
          "key=ring",
          "allowed-keys=everything",
          "deadline=1h",
          "retry-pause=-1s",
          "entry-secret=secret"
        }) {
      app.withPropertyValues(KEY, PREFIX + setting)
          .run(
              context ->
                  assertThat(context)
                      .getFailure()
                      .rootCause()
                      .hasMessageContaining("shared-redis.data-protection.key-vault")
                      .hasMessageContaining(
                          setting.substring(setting.indexOf('=') + 1, setting.indexOf('=') + 2)));
    }
  }
}
