package io.sharedredis.farmhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FarmHubOptionsTest {

  @Test
  void optionsOfTheRecordedServersBecomeProperties() {
    assertThat(
            FarmHubOptions.toProperties(
                "--port", "5001", "--redis=127.0.0.1:6379", "--prefix", "farm:", "--app", "web-2"))
        .containsExactly(
            "--server.port=5001",
            "--spring.data.redis.url=redis://127.0.0.1:6379",
            "--shared-redis.hub.redis.channel-prefix=farm:",
            "--farm-hub.app=web-2");
    assertThat(
            FarmHubOptions.toProperties(
                "--protocols",
                "messagepack,json",
                "--detailed-errors",
                "--parallel",
                "4",
                "--client-timeout",
                "5",
                "--abort-on-connect-fail",
                "false"))
        .containsExactly(
            "--shared-redis.hub.protocols=messagepack,json",
            "--shared-redis.hub.detailed-errors=true",
            "--shared-redis.hub.maximum-parallel-invocations=4",
            "--shared-redis.hub.client-timeout=5s",
            "--farm-hub.abort-on-connect-fail=false");
  }

  @Test
  void whatIsNoOptionOfOursGoesToSpring() {
    assertThat(FarmHubOptions.toProperties("--logging.level.root=debug"))
        .containsExactly("--logging.level.root=debug");
  }

  @Test
  void optionWithoutItsValueIsNamed() {
    assertThatThrownBy(() -> FarmHubOptions.toProperties("--port"))
        .hasMessage("option --port needs a value after it");
  }
}
