package io.sharedredis.azure.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import io.lettuce.core.RedisClient;
import io.sharedredis.azure.FakeKeyVault;
import io.sharedredis.azure.VaultTraffic;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.starter.DataProtectionAutoConfiguration;
import io.sharedredis.starter.FarmAutoConfiguration;
import io.sharedredis.starter.atrest.KeysAtRestAutoConfiguration;
import io.sharedredis.testkit.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Two replicas of an application on one real Redis, their ring under Key Vault. */
class KeyVaultFarmIT {

  private static ApplicationContextRunner replica(RedisServer redis, VaultTraffic traffic) {
    return new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                FarmAutoConfiguration.class,
                DataProtectionAutoConfiguration.class,
                KeysAtRestAutoConfiguration.class,
                AzureCredentialAutoConfiguration.class,
                KeyVaultAutoConfiguration.class))
        .withBean(TokenCredential.class, VaultTraffic::credential)
        .withBean(HttpClient.class, () -> traffic)
        .withPropertyValues(
            "shared-redis.application-name=shop",
            "IsClusterEnv=true",
            "shared-redis.hub.backplane=none",
            "spring.data.redis.url=" + redis.url(),
            "shared-redis.data-protection.redis-key=keys",
            "shared-redis.data-protection.require-encrypted-keys=true",
            "shared-redis.data-protection.key-vault.key=https://unit.vault.azure.net/keys/ring",
            "shared-redis.data-protection.key-vault.entry-secret="
                + "https://unit.vault.azure.net/secrets/entries",
            "shared-redis.data-protection.key-vault.retry-pause=100ms");
  }

  private static List<String> stored(RedisServer redis) {
    RedisClient client = RedisClient.create(redis.url());
    try (var connection = client.connect()) {
      return connection.sync().lrange("keys", 0, -1);
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  @Test
  void replicasShareARingThatOnlyTheVaultOpens() throws Exception {
    try (RedisServer redis = RedisServer.startOwn();
        FakeKeyVault vault = new FakeKeyVault()) {
      vault.roll("ring");
      vault.secret("entries", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
      VaultTraffic traffic = new VaultTraffic(vault::port);
      replica(redis, traffic)
          .run(
              one ->
                  replica(redis, traffic)
                      .run(
                          two -> {
                            var first = one.getBean(DataProtectionProvider.class).protector("p");
                            var second = two.getBean(DataProtectionProvider.class).protector("p");
                            String payload = first.protect("secret");
                            assertThat(second.unprotect(payload)).isEqualTo("secret");
                            assertThat(stored(redis))
                                .singleElement()
                                .asString()
                                .contains("AzureKeyVaultXmlDecryptor")
                                .doesNotContain("<masterKey");

                            // The vault goes away: both go on, and a revocation reaches the other.
                            vault.answerAll(503, "Away");
                            assertThat(second.unprotect(first.protect("more"))).isEqualTo("more");
                            UUID revoked = one.getBean(KeyManager.class).ring().defaultKey().id();
                            one.getBean(KeyManager.class).revoke(revoked, "test");
                            Awaitility.await()
                                .atMost(Duration.ofSeconds(20))
                                .untilAsserted(
                                    () ->
                                        assertThatThrownBy(() -> second.unprotect(payload))
                                            .isInstanceOf(DataProtectionException.class)
                                            .hasMessageContaining("is revoked"));
                            assertThat(stored(redis)).as("key and revocation").hasSize(2);
                            assertThatThrownBy(() -> first.protect("none to protect with"))
                                .isInstanceOf(DataProtectionException.class);

                            // It comes back with a new version of its key.
                            vault.roll("ring");
                            vault.recover();
                            Awaitility.await()
                                .atMost(Duration.ofSeconds(20))
                                .ignoreExceptionsInstanceOf(DataProtectionException.class)
                                .untilAsserted(
                                    () ->
                                        assertThat(second.unprotect(first.protect("again")))
                                            .isEqualTo("again"));
                            assertThat(stored(redis))
                                .filteredOn(item -> item.startsWith("<key"))
                                .last()
                                .asString()
                                .contains("/keys/ring/" + "0".repeat(31) + "2<");
                          }));
      assertThat(traffic.hosts).containsOnly("unit.vault.azure.net");
    }
  }
}
