package io.sharedredis.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RedisOptionsTest {

  @Test
  void badPortIsNamedWithItsValue() {
    assertThatThrownBy(() -> RedisOptions.defaults().withPort(70_000))
        .hasMessageContaining("port")
        .hasMessageContaining("70000");
  }

  @Test
  void passwordIsNotShown() {
    assertThat(RedisOptions.defaults().withPassword("s3cret").toString()).doesNotContain("s3cret");
  }

  @Test
  void embeddedBinaryCanBeUnpacked() {
    assertThat(RedisServer.embedded()).exists().isExecutable();
  }

  @Test
  void serverOnThePathIsFoundAndItsAbsenceToo() {
    assertThat(RedisServer.onPath(null)).isNull();
    assertThat(RedisServer.onPath("/does/not/exist")).isNull();
  }
}
