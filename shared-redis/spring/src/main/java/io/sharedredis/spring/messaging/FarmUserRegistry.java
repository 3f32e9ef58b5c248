package io.sharedredis.spring.messaging;

import io.sharedredis.lettuce.messaging.ConnectedSession;
import io.sharedredis.lettuce.messaging.ConnectedSession.Subscription;
import io.sharedredis.lettuce.messaging.FarmUsers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.SmartApplicationListener;
import org.springframework.core.Ordered;
import org.springframework.messaging.simp.user.SimpSession;
import org.springframework.messaging.simp.user.SimpSubscription;
import org.springframework.messaging.simp.user.SimpSubscriptionMatcher;
import org.springframework.messaging.simp.user.SimpUser;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.web.socket.messaging.AbstractSubProtocolEvent;

/**
 * The application's user registry with the users of all replicas. A user counts once, wherever the
 * sessions are. Thread-safe as the registry underneath.
 */
public final class FarmUserRegistry implements SimpUserRegistry, SmartApplicationListener {

  private final SimpUserRegistry local;
  private final FarmUsers farm;

  public FarmUserRegistry(SimpUserRegistry local, FarmUsers farm) {
    this.local = local;
    this.farm = farm;
  }

  /** The users of this replica alone. */
  SimpUserRegistry local() {
    return local;
  }

  /** Whether another replica has that session of the user. */
  boolean isElsewhere(String user, String session) {
    return farm.sessionsOf(user).stream().anyMatch(known -> known.id().equals(session));
  }

  /** What this replica tells the others. */
  List<ConnectedSession> sessions() {
    List<ConnectedSession> sessions = new ArrayList<>();
    for (SimpUser user : local.getUsers()) {
      for (SimpSession session : user.getSessions()) {
        sessions.add(
            new ConnectedSession(
                user.getName(),
                session.getId(),
                session.getSubscriptions().stream()
                    .map(known -> new Subscription(known.getId(), known.getDestination()))
                    .toList()));
      }
    }
    return sessions;
  }

  @Override
  public @Nullable SimpUser getUser(String userName) {
    SimpUser here = local.getUser(userName);
    List<ConnectedSession> elsewhere = farm.sessionsOf(userName);
    return elsewhere.isEmpty() ? here : new FarmUser(userName, here, elsewhere);
  }

  @Override
  public Set<SimpUser> getUsers() {
    Set<SimpUser> users = new LinkedHashSet<>();
    for (String name : names()) {
      SimpUser user = getUser(name);
      if (user != null) {
        users.add(user);
      }
    }
    return users;
  }

  @Override
  public int getUserCount() {
    return names().size();
  }

  private Set<String> names() {
    Set<String> names = new LinkedHashSet<>(farm.users());
    local.getUsers().forEach(user -> names.add(user.getName()));
    return names;
  }

  @Override
  public Set<SimpSubscription> findSubscriptions(SimpSubscriptionMatcher matcher) {
    Set<SimpSubscription> found = new HashSet<>(local.findSubscriptions(matcher));
    for (String name : farm.users()) {
      SimpUser user = new FarmUser(name, null, farm.sessionsOf(name));
      for (SimpSession session : user.getSessions()) {
        for (SimpSubscription subscription : session.getSubscriptions()) {
          if (matcher.match(subscription)) {
            found.add(subscription);
          }
        }
      }
    }
    return found;
  }

  @Override
  public int getOrder() {
    return local instanceof Ordered ordered ? ordered.getOrder() : Ordered.LOWEST_PRECEDENCE;
  }

  @Override
  public boolean supportsEventType(Class<? extends ApplicationEvent> eventType) {
    return local instanceof SmartApplicationListener listener
        && listener.supportsEventType(eventType);
  }

  @Override
  public boolean supportsSourceType(@Nullable Class<?> sourceType) {
    return local instanceof SmartApplicationListener listener
        && listener.supportsSourceType(sourceType);
  }

  @Override
  public void onApplicationEvent(ApplicationEvent event) {
    if (local instanceof SmartApplicationListener listener) {
      listener.onApplicationEvent(event);
      // Of sessions without a user the registry knows nothing.
      if (!(event instanceof AbstractSubProtocolEvent known) || known.getUser() != null) {
        farm.changed();
      }
    }
  }

  @Override
  public String toString() {
    return local + ", at other replicas=" + farm.users();
  }
}
