package io.sharedredis.spring.messaging;

import io.sharedredis.lettuce.messaging.MessagingBus;
import io.sharedredis.lettuce.messaging.MessagingMeters.Event;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.user.UserDestinationResolver;
import org.springframework.messaging.simp.user.UserDestinationResult;

/**
 * Listens on a channel beside the broker and sends to the other replicas what the broker delivers
 * here. A message to a user goes out as it is: each replica knows its own sessions best.
 */
final class OutgoingMessages implements MessageHandler {

  private final MessagingBus bus;
  private final BrokerDestinations destinations;
  private final UserDestinationResolver resolver;
  private final LocalSessions sessions;
  private final boolean fromClients;

  /**
   * @param fromClients whether clients write what comes here, so that no header is to be believed
   */
  OutgoingMessages(
      MessagingBus bus,
      BrokerDestinations destinations,
      UserDestinationResolver resolver,
      LocalSessions sessions,
      boolean fromClients) {
    this.bus = bus;
    this.destinations = destinations;
    this.resolver = resolver;
    this.sessions = sessions;
    this.fromClients = fromClients;
  }

  @Override
  public void handleMessage(Message<?> message) {
    MessageHeaders headers = message.getHeaders();
    String destination = SimpMessageHeaderAccessor.getDestination(headers);
    if (destination == null
        || SimpMessageHeaderAccessor.getMessageType(headers) != SimpMessageType.MESSAGE
        || (!fromClients && Resolved.isForOneSession(headers))) {
      return;
    }
    UserDestinationResult user = resolve(message);
    if (user != null) {
      toUser(message, destination, user);
    } else if (destinations.contains(destination)) {
      byte[] payload = bytes(message);
      if (payload != null) {
        bus.publish(MessageTranslator.outgoing(message, destination, null, payload));
      }
    }
  }

  private @Nullable UserDestinationResult resolve(Message<?> message) {
    try {
      return resolver.resolveDestination(message);
    } catch (IllegalArgumentException e) {
      // No user's destination although it begins like one; Spring's handler tells the sender.
      return null;
    }
  }

  private void toUser(Message<?> message, String destination, UserDestinationResult result) {
    String session = SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
    boolean here = session != null && sessions.contains(session);
    String user = result.getUser();
    if (here && (user == null || isFor(session, result))) {
      return;
    }
    byte[] payload = bytes(message);
    String name = user == null ? session : user;
    if (payload != null && name != null) {
      // A session that is here is the sender's, and no recipient's.
      bus.publishToUser(
          name, MessageTranslator.outgoing(message, destination, here ? null : session, payload));
    }
  }

  private static boolean isFor(@Nullable String session, UserDestinationResult result) {
    Set<String> recipients = result.getSessionIds();
    return recipients != null && session != null && recipients.contains(session);
  }

  private byte @Nullable [] bytes(Message<?> message) {
    if (message.getPayload() instanceof byte[] payload) {
      return payload;
    }
    bus.meters().count(Event.NOT_BYTES);
    return null;
  }
}
