package io.sharedredis.webspa.basket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Baskets that lie in Redis outlive a release: what the first one wrote is read for ever. */
class BasketFormatTest {

  private static String golden() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            BasketFormatTest.class.getResourceAsStream("/formats/basket-1.json"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }

  private static final Basket BASKET =
      new Basket(
          "7d2f",
          List.of(
              new BasketItem(
                  "line-1",
                  2,
                  "Tide Mug",
                  new BigDecimal("8.50"),
                  BigDecimal.ZERO,
                  3,
                  "/api/v1/catalog/items/2/pic")),
          "1c9b");

  @Test
  void basketOfTheFirstReleaseIsReadAndWrittenByteByByte() throws IOException {
    JsonMapper json = JsonMapper.builder().build();

    assertThat(json.readValue(golden(), Basket.class)).isEqualTo(BASKET);
    assertThat(json.writeValueAsString(BASKET)).isEqualTo(golden());
  }

  @Test
  void propertiesOfALaterReleaseArePassedOver() throws IOException {
    String later = golden().replaceFirst("\\{", "{\"coupon\":\"X\",");

    assertThat(JsonMapper.shared().readValue(later, Basket.class)).isEqualTo(BASKET);
  }
}
