package io.sharedredis.webspa.basket;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * One line of a basket. Name, prices and picture are the catalogue's, whatever a client sends: a
 * buyer does not name the price.
 *
 * @param id of the line, chosen by the client
 * @param oldUnitPrice what it cost when it was put in, if that differs now; else 0
 * @param quantity 1 to 1000
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record BasketItem(
    @Nullable String id,
    int productId,
    @Nullable String productName,
    @Nullable BigDecimal unitPrice,
    @Nullable BigDecimal oldUnitPrice,
    int quantity,
    @Nullable String pictureUrl) {}
