package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class HubPathsTest {
  private final HubPaths paths = new HubPaths(List.of("/hub"));

  @ParameterizedTest
  @ValueSource(strings = {"/hub%", "/hu%b", "/%zz/negotiate"})
  void pathThatNobodyCanDecodeIsNoHubs(String path) {
    assertThat(paths.find(new MockHttpServletRequest("GET", path))).isNull();
  }
}
