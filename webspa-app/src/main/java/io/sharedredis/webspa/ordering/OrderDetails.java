package io.sharedredis.webspa.ordering;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * One order in full, with the original's property names.
 *
 * @param description why it stands where it stands
 */
record OrderDetails(
    @JsonProperty("ordernumber") int orderNumber,
    Instant date,
    String status,
    String description,
    String street,
    String city,
    String state,
    @JsonProperty("zipcode") String zipCode,
    String country,
    @JsonProperty("cardlastfour") String cardLastFour,
    @JsonProperty("orderitems") List<OrderLine> lines,
    BigDecimal total) {}
