package io.sharedredis.webspa.ordering;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How fast orders live.
 *
 * @param gracePeriod from checkout to the stock check, in which the buyer can change their mind
 * @param simulatedWork how long the simulated stock check and the simulated payment each take
 * @param paymentSucceeds outcome of the simulated payment
 * @param tick rest between two looks for orders whose time has come
 */
@ConfigurationProperties("shop.ordering")
record OrderingProperties(
    @DefaultValue("1m") Duration gracePeriod,
    @DefaultValue("2s") Duration simulatedWork,
    @DefaultValue("true") boolean paymentSucceeds,
    @DefaultValue("250ms") Duration tick) {

  OrderingProperties {
    notNegative("shop.ordering.grace-period (ORDER_GRACE_PERIOD)", gracePeriod);
    notNegative("shop.ordering.simulated-work", simulatedWork);
    if (tick.toMillis() < 10) {
      throw new IllegalArgumentException("shop.ordering.tick must be at least 10ms, is " + tick);
    }
  }

  private static void notNegative(String option, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(option + " must not be negative, but is " + value);
    }
  }
}
