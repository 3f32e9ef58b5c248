package io.sharedredis.spring.messaging;

import io.sharedredis.lettuce.messaging.Interest;
import java.security.Principal;
import java.util.function.Predicate;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.broker.DefaultSubscriptionRegistry;
import org.springframework.messaging.simp.broker.SubscriptionRegistry;
import org.springframework.messaging.simp.user.DestinationUserNameProvider;
import org.springframework.util.MultiValueMap;

/**
 * The broker's own subscriptions, watched: this is where it hears of every beginning and end, those
 * of sessions that just vanish included, and in which order.
 */
final class TrackedSubscriptions implements SubscriptionRegistry {

  private final SubscriptionRegistry broker;
  private final Interest interest;
  private final Predicate<String> pattern;

  TrackedSubscriptions(SubscriptionRegistry broker, Interest interest) {
    this.broker = broker;
    this.interest = interest;
    // What another registry takes for a pattern is not known: then everything may be one.
    this.pattern =
        broker instanceof DefaultSubscriptionRegistry known
            ? destination -> known.getPathMatcher().isPattern(destination)
            : destination -> true;
  }

  @Override
  public void registerSubscription(Message<?> message) {
    broker.registerSubscription(message);
    MessageHeaders headers = message.getHeaders();
    String session = SimpMessageHeaderAccessor.getSessionId(headers);
    String subscription = SimpMessageHeaderAccessor.getSubscriptionId(headers);
    String destination = SimpMessageHeaderAccessor.getDestination(headers);
    // The broker has said in the log what is missing.
    if (session == null || subscription == null || destination == null) {
      return;
    }
    if (Resolved.isForOneSession(headers)) {
      interest.user(session, subscription, userOf(headers, session));
    } else if (pattern.test(destination)) {
      interest.pattern(session, subscription);
    } else {
      interest.destination(session, subscription, destination);
    }
  }

  /** Who is not signed in is addressed by the session, as Spring does. */
  private static String userOf(MessageHeaders headers, String session) {
    Principal user = SimpMessageHeaderAccessor.getUser(headers);
    if (user instanceof DestinationUserNameProvider named) {
      return named.getDestinationUserName();
    }
    String name = user == null ? null : user.getName();
    return name == null ? session : name;
  }

  @Override
  public void unregisterSubscription(Message<?> message) {
    broker.unregisterSubscription(message);
    String session = SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
    String subscription = SimpMessageHeaderAccessor.getSubscriptionId(message.getHeaders());
    if (session != null && subscription != null) {
      interest.ended(session, subscription);
    }
  }

  @Override
  public void unregisterAllSubscriptions(String session) {
    broker.unregisterAllSubscriptions(session);
    interest.ended(session);
  }

  @Override
  public MultiValueMap<String, String> findSubscriptions(Message<?> message) {
    return broker.findSubscriptions(message);
  }

  @Override
  public String toString() {
    return broker.toString();
  }
}
