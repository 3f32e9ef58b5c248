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
  void sentinelsAndClustersOfSpringBootServeEveryUseThatNamesNone() {
    MockEnvironment spring =
        new MockEnvironment()
            .withProperty("spring.application.name", "shop")
            .withProperty("spring.data.redis.url", "redis://one:6379")
            .withProperty("spring.data.redis.password", "s3cret")
            .withProperty("spring.data.redis.ssl.enabled", "true")
            .withProperty("spring.data.redis.cluster.nodes", "a:7000,b:7001");
    assertThat(resolve(spring).sessions()).hasToString("rediss-cluster://a:7000,b:7001");
    assertThat(resolve(spring).sessions().hasCredentials()).isTrue();
    spring
        .withProperty("spring.data.redis.sentinel.nodes[0]", "one")
        .withProperty("spring.data.redis.sentinel.nodes[1]", "two:26380")
        .withProperty("spring.data.redis.sentinel.master", "the farm")
        .withProperty("spring.data.redis.sentinel.password", "w0rd")
        .withProperty("spring.data.redis.database", "2")
        .withProperty("SESSION_REDIS_URL", "redis-cluster://sessions");
    Farm farm = resolve(spring);
    assertThat(farm.keyRing()).hasToString("rediss-sentinel://one:26379,two:26380/2#the farm");
    assertThat(farm.sessions()).hasToString("redis-cluster://sessions:6379");
  }

  @Test
  void sentinelsWithoutTheNameOfTheirMasterStopTheStart() {
    MockEnvironment spring =
        new MockEnvironment()
            .withProperty("spring.application.name", "shop")
            .withProperty("spring.data.redis.password", "s3cret")
            .withProperty("spring.data.redis.sentinel.nodes", "one,two");
    assertThatThrownBy(() -> resolve(spring))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("spring.data.redis.sentinel.nodes")
        .hasMessageContaining("which master")
        .hasMessageNotContaining("s3cret");
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
