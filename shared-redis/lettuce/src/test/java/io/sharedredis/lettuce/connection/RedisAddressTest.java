package io.sharedredis.lettuce.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
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
        "redis-sentinel://:s3cret@one,two:26380/2#farm | redis-sentinel://one:26379,two:26380/2#farm",
        "keystore.data:6380,password=s3://cret | redis://keystore.data:6380",
        "rediss-sentinel://one?sentinelMasterId=farm | rediss-sentinel://one:26379#farm",
        "one,two:26380,serviceName=farm,password=s3cret | redis-sentinel://one:26379,two:26380#farm",
        "redis-cluster://ann:s3cret@one:7000,two | redis-cluster://one:7000,two:6379",
        "REDISS-CLUSTER://one | rediss-cluster://one:6379",
        "one:7000,two:7001,ssl=true,password=s3cret | rediss-cluster://one:7000,two:7001",
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
        "cache.example,defaultDatabase=x,password=s3cret",
        "redis-sentinel://:s3cret@one,two",
        "redis-sentinel://:s3cret@one,t wo#farm",
        "redis-sentinel://:s3cret@#farm",
        "redis-cluster://:s3cret@one,two/3",
        "redis-cluster://:s3cret@one:99999",
        "redis-socket:///s3cret",
        "password=s3cret",
        "s3cret://cache.example",
        "://s3cret",
        "cache.example,defaultDatabase=s3cret",
        "cache.example,password=w0rd,s3cret",
        "cache.example,password=w0rd,s3cret.example:6380,ssl=true",
        "cache.example,password=w0rd://,s3cret://x",
        "cache.example,password=s3cret,",
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
  void passwordWithACommaIsRefusedInAListWithAWayOutAndReadInAUrl() {
    assertThatThrownBy(() -> RedisAddress.parse("test", "h:1,password=s3,cret,ssl=true"))
        .hasMessageContaining("after its first setting")
        .hasMessageContaining("%2C")
        .hasMessageNotContaining("cret");
    RedisURI uri =
        RedisAddress.parse("test", "redis://:s3%2Ccret@h:1").toUri(Duration.ofSeconds(1));
    assertThat(credentials(uri).getPassword()).isEqualTo("s3,cret".toCharArray());
  }

  @Test
  void sentinelsAreAskedWithTheirOwnCredentialsOnly() {
    RedisURI uri =
        RedisAddress.parse("test", "rediss-sentinel://ann:s3cret@one,two/3#farm")
            .toUri(Duration.ofSeconds(1));
    assertThat(uri.getSentinelMasterId()).isEqualTo("farm");
    assertThat(uri.getDatabase()).isEqualTo(3);
    assertThat(uri.getSentinels())
        .hasSize(2)
        .allSatisfy(
            sentinel -> {
              assertThat(sentinel.isSsl()).isTrue();
              assertThat(sentinel.getPort()).isEqualTo(26379);
              assertThat(sentinel.getTimeout()).isEqualTo(Duration.ofSeconds(1));
              assertThat(credentials(sentinel).hasPassword()).isFalse();
            });
    RedisURI guarded =
        RedisAddress.parse("test", "redis-sentinel://one#farm")
            .withSentinelCredentials("eve", "w0rd".toCharArray())
            .toUri(Duration.ofSeconds(1));
    assertThat(credentials(guarded.getSentinels().get(0)).getPassword())
        .isEqualTo("w0rd".toCharArray());
    assertThat(credentials(guarded).hasPassword()).isFalse();
  }

  @Test
  void everyNamedNodeOfAClusterIsTried() {
    RedisAddress address = RedisAddress.parse("test", "redis-cluster://:s3cret@one,two:7001");
    assertThat(address.toUris(Duration.ofSeconds(1)))
        .extracting(RedisURI::getHost)
        .containsExactly("one", "two");
    assertThat(address.toUris(Duration.ofSeconds(1)))
        .allSatisfy(uri -> assertThat(credentials(uri).hasPassword()).isTrue());
  }

  private static RedisCredentials credentials(RedisURI uri) {
    return uri.getCredentialsProvider().resolveCredentials().block();
  }

  @Test
  void credentialsReachTheDriver() {
    for (String written :
        new String[] {
          "redis://ann:s3=cret@h:1",
          "h:1,user=ann,password=s3=cret",
          "redis-sentinel://ann:s3=cret@h:1#farm",
          "redis-cluster://ann:s3=cret@h:1"
        }) {
      RedisCredentials credentials =
          credentials(RedisAddress.parse("test", written).toUri(Duration.ofSeconds(1)));
      assertThat(credentials.getUsername()).isEqualTo("ann");
      assertThat(credentials.getPassword()).isEqualTo("s3=cret".toCharArray());
    }
  }
}
