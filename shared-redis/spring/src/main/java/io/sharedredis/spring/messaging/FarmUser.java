package io.sharedredis.spring.messaging;

import io.sharedredis.lettuce.messaging.ConnectedSession;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.simp.user.SimpSession;
import org.springframework.messaging.simp.user.SimpSubscription;
import org.springframework.messaging.simp.user.SimpUser;

/**
 * A user with sessions at other replicas, and perhaps here; equal to any {@link SimpUser} of that
 * name, as Spring's are.
 */
final class FarmUser implements SimpUser {

  private final String name;
  private final @Nullable Principal principal;
  private final Map<String, SimpSession> sessions = new LinkedHashMap<>();

  FarmUser(String name, @Nullable SimpUser here, List<ConnectedSession> elsewhere) {
    this.name = name;
    this.principal = here == null ? null : here.getPrincipal();
    if (here != null) {
      here.getSessions().forEach(session -> sessions.put(session.getId(), session));
    }
    elsewhere.forEach(
        session -> sessions.putIfAbsent(session.id(), new FarmSession(this, session)));
  }

  @Override
  public String getName() {
    return name;
  }

  /** Of the user's sessions here; what others told of a user is the name alone. */
  @Override
  public @Nullable Principal getPrincipal() {
    return principal;
  }

  @Override
  public boolean hasSessions() {
    return !sessions.isEmpty();
  }

  @Override
  public @Nullable SimpSession getSession(String sessionId) {
    return sessions.get(sessionId);
  }

  @Override
  public Set<SimpSession> getSessions() {
    return new LinkedHashSet<>(sessions.values());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SimpUser user && name.equals(user.getName());
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "name=" + name + ", sessions=" + sessions.keySet();
  }

  /** A session at another replica. */
  static final class FarmSession implements SimpSession {

    private final SimpUser user;
    private final ConnectedSession session;

    FarmSession(SimpUser user, ConnectedSession session) {
      this.user = user;
      this.session = session;
    }

    @Override
    public String getId() {
      return session.id();
    }

    @Override
    public SimpUser getUser() {
      return user;
    }

    @Override
    public Set<SimpSubscription> getSubscriptions() {
      Set<SimpSubscription> subscriptions = new LinkedHashSet<>();
      session
          .subscriptions()
          .forEach(
              subscription ->
                  subscriptions.add(
                      new FarmSubscription(subscription.id(), subscription.destination(), this)));
      return subscriptions;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof SimpSession that && getId().equals(that.getId());
    }

    @Override
    public int hashCode() {
      return getId().hashCode();
    }

    @Override
    public String toString() {
      return "id=" + getId();
    }
  }

  /** A subscription at another replica. */
  record FarmSubscription(String id, String destination, FarmSession session)
      implements SimpSubscription {

    @Override
    public String getId() {
      return id;
    }

    @Override
    public SimpSession getSession() {
      return session;
    }

    @Override
    public String getDestination() {
      return destination;
    }
  }
}
