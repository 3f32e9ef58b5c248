package io.sharedredis.spring.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicUrlTest {

  @ParameterizedTest
  @CsvSource({
    "http://localhost:8080, http://localhost:8080",
    "https://Shop.Example/, https://shop.example",
    "https://shop.example:443, https://shop.example",
    "http://shop.example:80, http://shop.example",
    "http://[::1]:8080, http://[::1]:8080",
  })
  void originIsWrittenAsBrowsersWriteIt(String written, String origin) {
    assertThat(PublicUrl.parse("PUBLIC_URL", written).origin()).isEqualTo(origin);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "shop.example",
        "ftp://shop.example",
        "https://",
        "https://shop.example/app",
        "https://shop.example?x",
        "https://shop.example#x",
        "not a url",
        "//shop.example"
      })
  void addressThatIsMoreOrLessThanAnOriginIsRefusedByNameAndValue(String written) {
    assertThatThrownBy(() -> PublicUrl.parse("PUBLIC_URL", written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PUBLIC_URL")
        .hasMessageContaining("'" + written + "'");
  }

  @Test
  void passwordInTheAddressIsRefusedAndNotRepeated() {
    assertThatThrownBy(() -> PublicUrl.parse("PUBLIC_URL", "https://me:s3cret@shop.example"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("s3cret");
  }

  @Test
  void onlyOurOwnOriginIsAllowed() {
    PublicUrl site = PublicUrl.parse("PUBLIC_URL", "https://shop.example");
    assertThat(site.allowsOrigin("https://shop.example")).isTrue();
    assertThat(site.allowsOrigin(null)).isTrue();
    for (String foreign :
        new String[] {"http://shop.example", "https://shop.example.evil", "null", ""}) {
      assertThat(site.allowsOrigin(foreign)).as(foreign).isFalse();
    }
    assertThat(site.secure()).isTrue();
    assertThat(site.resolve("/identity")).isEqualTo("https://shop.example/identity");
  }
}
