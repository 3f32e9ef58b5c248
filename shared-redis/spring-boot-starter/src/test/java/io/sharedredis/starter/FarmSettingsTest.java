package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.mock.env.MockEnvironment;

class FarmSettingsTest {

  private final MockEnvironment environment =
      new MockEnvironment()
          .withProperty("shared-redis.application-name", "shop")
          .withProperty("REPLICA_NAME", "webspa-1")
          .withProperty("DPConnectionString", "redis://keys:6379")
          .withProperty("SignalrStoreConnectionString", "redis://:s3cret@hubs:6379")
          .withProperty("SESSION_REDIS_URL", "redis://sessions:6379");

  @ParameterizedTest
  @ValueSource(strings = {"true", "True", "TRUE", " true "})
  void everyUseHasTheRedisThatItsEnvironmentNameGives(String cluster) {
    environment.setProperty("IsClusterEnv", cluster);
    Farm farm = resolve();
    assertThat(farm.keyRing()).hasToString("redis://keys:6379");
    assertThat(farm.backplane()).hasToString("redis://hubs:6379");
    assertThat(farm.sessions()).hasToString("redis://sessions:6379");
    assertThat(farm.replicaName()).isEqualTo("webspa-1");
    assertThat(farm.toString()).doesNotContain("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"false", "False", "FALSE"})
  void aloneTheRingIsLocalAndThereIsNoBackplane(String cluster) {
    environment.setProperty("IsClusterEnv", cluster);
    Farm farm = resolve();
    assertThat(farm.keyRing()).isNull();
    assertThat(farm.backplane()).isNull();
    assertThat(farm.sessions()).hasToString("redis://sessions:6379");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "1", "ja", "truefalse"})
  void clusterSwitchThatIsNeitherTrueNorFalseStopsTheStartAndIsNamed(String cluster) {
    environment.setProperty("IsClusterEnv", cluster);
    assertThatThrownBy(this::resolve)
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("IsClusterEnv")
        .hasMessageContaining("'" + cluster + "'")
        .hasMessageContaining("neither true nor false");
  }

  @Test
  void explicitPropertyWinsOverTheEnvironmentName() {
    environment.setProperty("shared-redis.data-protection.redis.url", "redis://explicit:1");
    environment.setProperty("shared-redis.hub.backplane", "none");
    assertThat(resolve().keyRing()).hasToString("redis://explicit:1");
    assertThat(resolve().backplane()).isNull();
  }

  @Test
  void oneRedisServesEveryUseThatNamesNone() {
    MockEnvironment one =
        new MockEnvironment()
            .withProperty("spring.application.name", "shop")
            .withProperty("spring.data.redis.url", "redis://one:6379");
    Farm farm = resolve(one);
    assertThat(farm.keyRing()).isEqualTo(farm.backplane()).isEqualTo(farm.sessions()).isNotNull();
    assertThat(farm.applicationName()).isEqualTo("shop");
  }

  @Test
  void farmWithoutARedisStopsTheStartAndNamesTheVariable() {
    MockEnvironment none =
        new MockEnvironment()
            .withProperty("spring.application.name", "shop")
            .withProperty("IsClusterEnv", "true");
    assertThatThrownBy(() -> resolve(none))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("DPConnectionString");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  "})
  void emptyApplicationNameStopsTheStart(String name) {
    environment.setProperty("shared-redis.application-name", name);
    assertThatThrownBy(this::resolve)
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("shared-redis.application-name")
        .hasMessageContaining("is empty");
  }

  @ParameterizedTest
  @CsvSource({
    "DPConnectionString, http://keys",
    "SESSION_REDIS_URL, redis://:s3cret@",
    "PUBLIC_URL, https://shop.example/app",
    "TRUSTED_PROXIES, 10.0.0.0/40",
    "shared-redis.hub.backplane, kafka",
  })
  void settingThatCannotBeReadStopsTheStartAndIsNamedWithoutPasswords(String name, String value) {
    environment.setProperty(name, value);
    assertThatThrownBy(this::resolve)
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining(name)
        .hasMessageNotContaining("s3cret");
  }

  private Farm resolve() {
    return resolve(environment);
  }

  private static Farm resolve(MockEnvironment environment) {
    SharedRedisProperties properties =
        Binder.get(environment).bindOrCreate("shared-redis", SharedRedisProperties.class);
    return new FarmSettings(environment, properties).resolve();
  }
}
