package io.sharedredis.webspa.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckoutRulesTest {

  private static final Map<OrderStatus, Set<OrderStatus>> ALLOWED =
      Map.of(
          OrderStatus.SUBMITTED, Set.of(OrderStatus.AWAITINGVALIDATION, OrderStatus.CANCELLED),
          OrderStatus.AWAITINGVALIDATION, Set.of(OrderStatus.STOCKCONFIRMED, OrderStatus.CANCELLED),
          OrderStatus.STOCKCONFIRMED, Set.of(OrderStatus.PAID, OrderStatus.CANCELLED),
          OrderStatus.PAID, Set.of(OrderStatus.SHIPPED),
          OrderStatus.SHIPPED, Set.of(),
          OrderStatus.CANCELLED, Set.of());

  @Test
  void onlyTheTransitionsOfTheOriginalAreAllowed() {
    for (OrderStatus from : OrderStatus.values()) {
      for (OrderStatus to : OrderStatus.values()) {
        assertThat(from.leadsTo(to))
            .as(from + " to " + to)
            .isEqualTo(ALLOWED.getOrDefault(from, Set.of()).contains(to));
      }
      assertThat(OrderStatus.ofWireName(from.wireName())).isEqualTo(from);
    }
    assertThatThrownBy(() -> OrderStatus.ofWireName("lost")).hasMessageContaining("lost");
  }

  @Test
  void cardIsGoodUntilItsMonthIsOverEverywhereOnEarth() {
    CardExpiration february = CardExpiration.parse("02/28");

    assertThat(february.past(Instant.parse("2028-02-29T23:59:59Z"))).isFalse();
    assertThat(february.past(Instant.parse("2028-03-01T11:59:59Z"))).isFalse();
    assertThat(february.past(Instant.parse("2028-03-01T12:00:00Z"))).isTrue();
  }

  @Test
  void expirationIsReadAsOnTheCardAndAsClientsOfTheOriginalSendIt() {
    for (String text :
        List.of("02/28", "02/2028", "2028-02", "2028-02-01", "2028-02-01T00:00:00.000Z")) {
      assertThat(CardExpiration.parse(text)).as(text).isEqualTo(CardExpiration.parse("02/28"));
    }
    for (String text : List.of("", "2/28", "00/28", "13/28", "02/1928", "soon", "2028-13-01")) {
      assertThatThrownBy(() -> CardExpiration.parse(text)).as(text).hasMessageContaining("MM/YY");
    }
  }
}
