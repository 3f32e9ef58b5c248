package io.sharedredis.lettuce.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "redis://cache.example:6380/2 | redis://cache.example:6380/2",
        "redis://cache.example | redis://cache.example:6379",
        "rediss://user:s3cret@cache.example:6390 | rediss://cache.example:6390",
        "redis://:s3cret@cache.example | redis://cache.example:6379",
        "keystore.data | redis://keystore.data:6379",
        "keystore.data:6380 | redis://keystore.data:6380",
        "keystore.data:6380,password=s3=cret,ssl=True,abortConnect=false | rediss://keystore.data:6380",
        "keystore.data,defaultDatabase=3 | redis://keystore.data:6379/3",
      })
  void addressIsShownWithoutUserAndPassword(String written, String shown) {
    assertThat(RedisAddress.parse("DPConnectionString", written)).hasToString(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "http://u:s3cret@cache.example",
        "redis://:s3cret@ bad host",
        "redis://u:s3cret@",
        "redis://:s3cret@cache.example:port",
        "two words,password=s3cret",
        "cache.example:99999,password=s3cret",
        "cache.example,defaultDatabase=x,password=s3cret"
      })
  void addressThatCannotBeReadIsRefusedByNameWithoutItsPassword(String written) {
    assertThatThrownBy(() -> RedisAddress.parse("DPConnectionString", written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("DPConnectionString")
        .hasMessageContaining("redis://")
        .hasMessageNotContaining("s3cret")
        .hasNoCause();
  }

  @Test
  void credentialsReachTheDriver() {
    for (String written :
        new String[] {"redis://ann:s3=cret@h:1", "h:1,user=ann,password=s3=cret"}) {
      var credentials =
          RedisAddress.parse("test", written)
              .toUri(Duration.ofSeconds(1))
              .getCredentialsProvider()
              .resolveCredentials()
              .block();
      assertThat(credentials.getUsername()).isEqualTo("ann");
      assertThat(credentials.getPassword()).isEqualTo("s3=cret".toCharArray());
    }
  }
}
