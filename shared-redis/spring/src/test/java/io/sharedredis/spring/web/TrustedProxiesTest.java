package io.sharedredis.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | 127.0.0.1 | 10.0.0.1",
        "'' | 0:0:0:0:0:0:0:1 | 172.17.0.2",
        "10.1.2.3 | 10.1.2.3 | 10.1.2.30",
        "10.1.2.3 | 10.1.2.3 | 10a1b2c3",
        "10.0.0.0/8 | 10.255.0.7 | 11.0.0.1",
        "172.16.0.0/12 | 172.31.255.1 | 172.32.0.1",
        "172.16.0.0/12 | 172.16.0.1 | 172.15.0.1",
        "192.168.4.0/22 | 192.168.7.255 | 192.168.8.0",
        "10.1.2.3/31 | 10.1.2.2 | 10.1.2.4",
        "0.0.0.0/0 | 8.8.8.8 | 8.8.8.8.8",
        "'10.1.2.3, 10.9.0.0/16' | 10.9.1.1 | 10.8.1.1",
        "'fd00:.*' | fd00:0:0:0:0:0:0:2 | fe80:0:0:0:0:0:0:2",
      })
  void onlyNamedPeersAreBelieved(String written, String trusted, String stranger) {
    String regex = TrustedProxies.parse("TRUSTED_PROXIES", written).regex();
    assertThat(trusted).matches(regex);
    assertThat(stranger).doesNotMatch(regex);
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.0/33", "256.0.0.1", "fd00::/8", "(", "10.0.0.1, ["})
  void itemThatCannotBeReadIsRefusedByName(String written) {
    assertThatThrownBy(() -> TrustedProxies.parse("TRUSTED_PROXIES", written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TRUSTED_PROXIES");
  }
}
