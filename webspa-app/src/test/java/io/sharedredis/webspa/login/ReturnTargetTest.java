package io.sharedredis.webspa.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReturnTargetTest {

  @Test
  void onlyPathsOfThisSiteAreKept() {
    for (String ours : List.of("/", "/basket", "/orders/7?x=1&y=%2F#end")) {
      assertThat(ReturnTarget.checked(ours)).isEqualTo(ours);
    }
    for (String other :
        List.of(
            "",
            "basket",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nb",
            "/a\\b",
            "/" + "x".repeat(600))) {
      assertThat(ReturnTarget.checked(other)).as(other).isEqualTo("/");
    }
    assertThat(ReturnTarget.checked(null)).isEqualTo("/");
  }
}
