package io.sharedredis.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ConformanceOptionsTest {

  @Test
  void optionsOfTheRecordedServerBecomeProperties() {
    assertThat(
            ConformanceOptions.toProperties(
                "--urls", "http://127.0.0.1:1;https://127.0.0.1:2", "--json-names=camel"))
        .containsExactly(
            "--conformance.urls=http://127.0.0.1:1;https://127.0.0.1:2",
            "--conformance.json-names=camel");
    assertThat(ConformanceOptions.toProperties("--disconnect-timeout", "3"))
        .containsExactly(
            "--shared-redis.hub.disconnect-timeout=3s", "--shared-redis.hub.connect-timeout=3s");
    assertThat(ConformanceOptions.toProperties("--webroot", "/srv/www"))
        .containsExactly("--spring.web.resources.static-locations=file:/srv/www/");
  }

  @Test
  void whatIsNoOptionGoesOnToSpring() {
    assertThat(ConformanceOptions.toProperties("--server.port=1", "word"))
        .containsExactly("--server.port=1", "word");
  }

  @Test
  void optionWithoutItsValueIsNamed() {
    assertThatThrownBy(() -> ConformanceOptions.toProperties("--urls"))
        .hasMessage("option --urls needs a value after it");
  }
}
