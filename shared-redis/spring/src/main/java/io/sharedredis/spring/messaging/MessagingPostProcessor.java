package io.sharedredis.spring.messaging;

import io.sharedredis.lettuce.messaging.MessagingBus;
import java.util.function.Supplier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.user.DefaultUserDestinationResolver;
import org.springframework.messaging.simp.user.SimpUserRegistry;

/**
 * Puts three things of ours around Spring's where they are made: the broker's subscriptions are
 * watched, the user registry knows the users of all replicas, and user destinations are resolved
 * over this replica's.
 */
public final class MessagingPostProcessor implements BeanPostProcessor {

  private final Supplier<MessagingBus> bus;

  /**
   * @param bus asked for when the first of the three is made, not before: this object is among the
   *     first of an application
   */
  public MessagingPostProcessor(Supplier<MessagingBus> bus) {
    this.bus = bus;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    if (bean instanceof SimpleBrokerMessageHandler broker) {
      broker.setSubscriptionRegistry(
          new TrackedSubscriptions(broker.getSubscriptionRegistry(), bus.get().interest()));
    } else if (bean instanceof SimpUserRegistry users) {
      return new FarmUserRegistry(users, bus.get().users());
    } else if (bean.getClass() == DefaultUserDestinationResolver.class) {
      DefaultUserDestinationResolver resolver = (DefaultUserDestinationResolver) bean;
      if (resolver.getSimpUserRegistry() instanceof FarmUserRegistry users) {
        return new LocalUserDestinationResolver(resolver, users);
      }
    }
    return bean;
  }
}
