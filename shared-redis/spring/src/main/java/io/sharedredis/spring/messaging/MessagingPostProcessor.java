package io.sharedredis.spring.messaging;

import io.sharedredis.lettuce.messaging.Interest;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;

/** Watches the subscriptions of the application's broker from the moment it is made. */
public final class MessagingPostProcessor implements BeanPostProcessor {

  private final Supplier<Interest> interest;

  /**
   * @param interest asked for when the broker is made, not before: this object is among the first
   *     of an application
   */
  public MessagingPostProcessor(Supplier<Interest> interest) {
    this.interest = interest;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    if (bean instanceof SimpleBrokerMessageHandler broker) {
      broker.setSubscriptionRegistry(
          new TrackedSubscriptions(broker.getSubscriptionRegistry(), interest.get()));
    }
    return bean;
  }
}
