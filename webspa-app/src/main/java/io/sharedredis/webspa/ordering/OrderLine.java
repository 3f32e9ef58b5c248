package io.sharedredis.webspa.ordering;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.util.List;

/** What was ordered of one product, at the price it was ordered for. */
record OrderLine(
    @JsonProperty("productid") int productId,
    @JsonProperty("productname") String productName,
    int units,
    @JsonProperty("unitprice") BigDecimal unitPrice,
    @JsonProperty("pictureurl") String pictureUrl) {

  static BigDecimal total(List<OrderLine> lines) {
    return lines.stream()
        .map(line -> line.unitPrice().multiply(BigDecimal.valueOf(line.units())))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
