package io.sharedredis.spring.messaging;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.user.DefaultUserDestinationResolver;
import org.springframework.messaging.simp.user.UserDestinationResult;

/**
 * Spring's resolver over the sessions of this replica: those elsewhere get the message from their
 * own replica, and would be resolved to destinations here that nobody has.
 */
final class LocalUserDestinationResolver extends DefaultUserDestinationResolver {

  private final FarmUserRegistry users;

  LocalUserDestinationResolver(DefaultUserDestinationResolver former, FarmUserRegistry users) {
    super(users.local());
    this.users = users;
    setUserDestinationPrefix(former.getDestinationPrefix());
    setRemoveLeadingSlash(former.isRemoveLeadingSlash());
  }

  /**
   * What is for one session at another replica is for nobody here, where Spring would take all the
   * user's sessions in place of one that it does not know.
   */
  @Override
  public @Nullable UserDestinationResult resolveDestination(Message<?> message) {
    UserDestinationResult result = super.resolveDestination(message);
    if (result == null
        || SimpMessageHeaderAccessor.getMessageType(message.getHeaders())
            != SimpMessageType.MESSAGE) {
      return result;
    }
    String session = SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
    String user = result.getUser();
    if (session == null || user == null || !users.isElsewhere(user, session)) {
      return result;
    }
    return new UserDestinationResult(
        result.getSourceDestination(), Set.of(), result.getSubscribeDestination(), user);
  }
}
