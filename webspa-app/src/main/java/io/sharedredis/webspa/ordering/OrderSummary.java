package io.sharedredis.webspa.ordering;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.math.BigDecimal;
import java.time.Instant;

/** One row of a buyer's list of orders. */
record OrderSummary(
    @JsonProperty("ordernumber") int orderNumber, Instant date, String status, BigDecimal total) {}
