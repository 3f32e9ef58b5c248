package io.sharedredis.spring.messaging;

import io.sharedredis.lettuce.messaging.BrokerMessage;
import io.sharedredis.lettuce.messaging.MessagingListener;
import io.sharedredis.lettuce.messaging.MessagingMeters;
import java.util.function.Consumer;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.user.UserDestinationResolver;
import org.springframework.messaging.simp.user.UserDestinationResult;
import org.springframework.util.InvalidMimeTypeException;

/**
 * Hands messages of other replicas straight to the broker and to the handler of user destinations,
 * past the channels on which this replica listens for what is to be sent: so nothing comes back.
 */
final class IncomingMessages implements MessagingListener {

  private final MessageHandler broker;
  private final MessageHandler users;
  private final BrokerDestinations destinations;
  private final UserDestinationResolver resolver;
  private final LocalSessions sessions;
  private final MessagingMeters meters;

  IncomingMessages(
      MessageHandler broker,
      MessageHandler users,
      BrokerDestinations destinations,
      UserDestinationResolver resolver,
      LocalSessions sessions,
      MessagingMeters meters) {
    this.broker = broker;
    this.users = users;
    this.destinations = destinations;
    this.resolver = resolver;
    this.sessions = sessions;
    this.meters = meters;
  }

  @Override
  public void published(BrokerMessage message) {
    if (!destinations.contains(message.destination())) {
      meters.malformed("destination", "Its destination is none of the broker's.");
      return;
    }
    translated(message, broker::handleMessage);
  }

  @Override
  public void publishedToUser(String user, BrokerMessage message) {
    String session = message.session();
    if (session != null && !sessions.contains(session)) {
      // For a session of the same user at another replica.
      return;
    }
    translated(
        message,
        translated -> {
          if (isFor(user, translated)) {
            users.handleMessage(translated);
          } else {
            meters.malformed("user", "Its destination is none of the user's.");
          }
        });
  }

  private boolean isFor(String user, Message<byte[]> message) {
    try {
      UserDestinationResult result = resolver.resolveDestination(message);
      // Without a name it is the session's that stands in the destination.
      return result != null && (result.getUser() == null || user.equals(result.getUser()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private void translated(BrokerMessage message, Consumer<Message<byte[]>> action) {
    Message<byte[]> translated;
    try {
      translated = MessageTranslator.incoming(message);
    } catch (InvalidMimeTypeException e) {
      meters.malformed("content-type", "Its content type is none.");
      return;
    }
    action.accept(translated);
  }
}
