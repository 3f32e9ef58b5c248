package io.sharedredis.azure.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.lettuce.connection.RedisAddress;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

class EntraLoginTest {

  private static RedisAddress address(String url) {
    return RedisAddress.parse("test", url);
  }

  @Test
  void tokenGoesOverTlsOnlyAndNotToAnAddressWithItsOwnPassword() {
    try (EntraLogin login = EntraLogin.start(EntraOptions.builder().build(), r -> Mono.never())) {
      assertThat(login.credentials(address("rediss://cache:10000"))).isPresent();
      assertThat(login.credentials(address("cache:10000,ssl=true"))).isPresent();
      assertThat(login.credentials(address("redis://:own@other:6379"))).isEmpty();
      assertThatThrownBy(() -> login.credentials(address("redis://cache:6379")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("redis://cache:6379")
          .hasMessageContaining("rediss://");
    }
  }

  @Test
  void userIsTheObjectIdOfTheToken() {
    assertThat(TokenUser.of(FakeEntra.token(1))).isEqualTo(FakeEntra.USER);
    String without = Base64.getUrlEncoder().encodeToString("{\"sub\":\"s3cret\"}".getBytes());
    String number = Base64.getUrlEncoder().encodeToString("{\"oid\":17}".getBytes());
    for (String broken :
        new String[] {
          "", "opaque", "a.b", "a.!.c", "a..", "a." + without + ".c", "a." + number + ".c"
        }) {
      assertThatThrownBy(() -> TokenUser.of(broken))
          .as(broken)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("oid")
          .hasMessageNotContaining("s3cret");
    }
  }

  @Test
  void settingsThatCannotWorkAreNamed() {
    assertThatThrownBy(() -> EntraOptions.builder().deadline(Duration.ZERO))
        .hasMessageContaining("deadline is PT0S");
    assertThatThrownBy(() -> EntraOptions.builder().user(" ")).hasMessageContaining("user");
    assertThatThrownBy(() -> EntraOptions.builder().scope("")).hasMessageContaining("scope");
  }
}
