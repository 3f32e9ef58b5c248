package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.spring.web.PublicUrl;
import io.sharedredis.starter.FarmAutoConfiguration;
import io.sharedredis.starter.InvalidSettingException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

class PartitionsTest {

  private static WebApplicationContextRunner app(String... settings) {
    return new WebApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(FarmAutoConfiguration.class, BackplaneAutoConfiguration.class))
        .withBean(PublicUrl.class, () -> new PublicUrl("http://localhost:8080"))
        .withPropertyValues("shared-redis.application-name=shop", "IsClusterEnv=true")
        .withPropertyValues(settings);
  }

  @Test
  void partitionsWithoutAClusterOrBeyondReasonStopTheStart() {
    app("spring.data.redis.url=redis://127.0.0.1:1", "shared-redis.hub.redis.partitions=8")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("sharded pub/sub needs a Redis Cluster")
                    .hasMessageContaining("redis://127.0.0.1:1"));
    app("spring.data.redis.url=redis://127.0.0.1:1", "shared-redis.hub.redis.partitions=1000")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("partitions")
                    .hasMessageContaining("1000"));
  }
}
