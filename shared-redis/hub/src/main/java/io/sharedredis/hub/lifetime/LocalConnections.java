package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.protocol.SerializedHubMessage;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one hub in this process, with their groups and users. Answers say when a group
 * or user gets its first or loses its last connection here, which is when a backplane subscribes or
 * unsubscribes.
 *
 * <p>Thread-safe. Changes of one group (or user) happen one after the other; a connection that left
 * cannot be added again, so a late group command leaves nothing behind.
 */
public final class LocalConnections {

  /** What a change did to the set it was made in. */
  public enum Change {
    /** Nothing: the connection is not here, or was (not) a member before. */
    NONE,
    /** The set changed and had, or still has, other members. */
    CHANGED,
    /** The set's first member came or its last one went. */
    EDGE
  }

  private final Map<String, Member> members = new ConcurrentHashMap<>();
  private final Map<String, Map<String, HubConnection>> groups = new ConcurrentHashMap<>();
  private final Map<String, Map<String, HubConnection>> users = new ConcurrentHashMap<>();

  private final AtomicInteger movable = new AtomicInteger();
  private volatile Consumer<String> onChange = connectionId -> {};

  private static final class Member {
    final HubConnection connection;
    final Set<String> groups = new HashSet<>();
    final boolean movable;
    boolean gone;

    Member(HubConnection connection) {
      this.connection = connection;
      this.movable = connection.mayMove();
    }
  }

  /**
   * Runs {@code listener} after each change of a connection or its groups, with the connection's
   * id, on the thread that made the change.
   */
  public void onChange(Consumer<String> listener) {
    onChange = listener;
  }

  /** Takes up a connection; the answer concerns its user ({@code NONE} without one). */
  public Change add(HubConnection connection) {
    Member member = new Member(connection);
    Member before = members.put(connection.connectionId(), member);
    movable.addAndGet((member.movable ? 1 : 0) - (before != null && before.movable ? 1 : 0));
    String user = connection.userId();
    Change change = user == null ? Change.NONE : put(users, user, connection);
    onChange.accept(connection.connectionId());
    return change;
  }

  /**
   * Forgets a connection that has left its groups by {@link #removeFromGroup} or leaves them now.
   *
   * @return its groups and user with no connection left here; null when the connection was not here
   */
  public @Nullable Departure remove(HubConnection connection) {
    Member member = members.remove(connection.connectionId());
    if (member == null) {
      return null;
    }
    movable.addAndGet(member.movable ? -1 : 0);
    Set<String> emptied = new HashSet<>();
    synchronized (member) {
      member.gone = true;
      for (String group : member.groups) {
        if (take(groups, group, connection) == Change.EDGE) {
          emptied.add(group);
        }
      }
    }
    String user = connection.userId();
    boolean userGone = user != null && take(users, user, connection) == Change.EDGE;
    onChange.accept(connection.connectionId());
    return new Departure(emptied, userGone ? user : null);
  }

  /**
   * What a departure left without a connection in this process.
   *
   * @param emptyGroups groups whose last member here it was
   * @param emptyUser the user whose last connection here it was, or null
   */
  public record Departure(Set<String> emptyGroups, @Nullable String emptyUser) {}

  /** Adds a connection to a group when it is here. */
  public Change addToGroup(String connectionId, String group) {
    Member member = members.get(connectionId);
    if (member == null) {
      return Change.NONE;
    }
    Change change;
    synchronized (member) {
      if (member.gone || !member.groups.add(group)) {
        return Change.NONE;
      }
      change = put(groups, group, member.connection);
    }
    onChange.accept(connectionId);
    return change;
  }

  /** Takes a connection out of a group when it is here and in it. */
  public Change removeFromGroup(String connectionId, String group) {
    Member member = members.get(connectionId);
    if (member == null) {
      return Change.NONE;
    }
    Change change;
    synchronized (member) {
      if (!member.groups.remove(group)) {
        return Change.NONE;
      }
      change = take(groups, group, member.connection);
    }
    onChange.accept(connectionId);
    return change;
  }

  /** Whether a connection here may go on at another replica. */
  public boolean anyMayMove() {
    return movable.get() > 0;
  }

  /** The groups of a connection that is here. */
  public Set<String> groupsOf(String connectionId) {
    Member member = members.get(connectionId);
    if (member == null) {
      return Set.of();
    }
    synchronized (member) {
      return Set.copyOf(member.groups);
    }
  }

  /** The connection with that id when it is here. */
  public @Nullable HubConnection get(String connectionId) {
    Member member = members.get(connectionId);
    return member == null ? null : member.connection;
  }

  public boolean hasGroup(String group) {
    return groups.containsKey(group);
  }

  public boolean hasUser(String userId) {
    return users.containsKey(userId);
  }

  public Set<String> groupNames() {
    return Set.copyOf(groups.keySet());
  }

  public Set<String> userIds() {
    return Set.copyOf(users.keySet());
  }

  /** Ids of a user's connections here. */
  public Set<String> connectionsOf(String userId) {
    return Set.copyOf(users.getOrDefault(userId, Map.of()).keySet());
  }

  /** Ids of a group's members here. */
  public Set<String> membersOf(String group) {
    return Set.copyOf(groups.getOrDefault(group, Map.of()).keySet());
  }

  public Set<String> connectionIds() {
    return Set.copyOf(members.keySet());
  }

  public int size() {
    return members.size();
  }

  public HubLifetime.Counts counts() {
    return new HubLifetime.Counts(members.size(), groups.size(), users.size());
  }

  /** Queues the message at the recipients that are here. */
  public void deliver(Recipients recipients, SerializedHubMessage message) {
    deliver(recipients, message, connection -> true);
  }

  /** Queues the message at those recipients here that are meant. */
  public void deliver(
      Recipients recipients, SerializedHubMessage message, Predicate<HubConnection> meant) {
    if (recipients instanceof Recipients.All all) {
      for (Member member : members.values()) {
        deliver(member.connection, all.exceptConnectionIds(), message, meant);
      }
    } else if (recipients instanceof Recipients.Connections some) {
      for (String id : some.connectionIds()) {
        HubConnection connection = get(id);
        if (connection != null) {
          deliver(connection, Set.of(), message, meant);
        }
      }
    } else if (recipients instanceof Recipients.Groups some) {
      for (String group : some.names()) {
        deliver(of(groups, group), some.exceptConnectionIds(), message, meant);
      }
    } else if (recipients instanceof Recipients.Users some) {
      for (String user : some.userIds()) {
        deliver(of(users, user), Set.of(), message, meant);
      }
    }
  }

  private static void deliver(
      Collection<HubConnection> connections,
      Set<String> except,
      SerializedHubMessage message,
      Predicate<HubConnection> meant) {
    for (HubConnection connection : connections) {
      deliver(connection, except, message, meant);
    }
  }

  // The stage is for senders that want to slow down; a broadcast must not wait for its slowest
  // recipient.
  private static void deliver(
      HubConnection connection,
      Set<String> except,
      SerializedHubMessage message,
      Predicate<HubConnection> meant) {
    if (meant.test(connection) && !except.contains(connection.connectionId())) {
      connection.send(message);
    }
  }

  private static Collection<HubConnection> of(
      Map<String, Map<String, HubConnection>> sets, String name) {
    return sets.getOrDefault(name, Map.of()).values();
  }

  private static Change put(
      Map<String, Map<String, HubConnection>> sets, String name, HubConnection connection) {
    Change[] change = {Change.CHANGED};
    sets.compute(
        name,
        (key, set) -> {
          if (set == null) {
            change[0] = Change.EDGE;
            set = new ConcurrentHashMap<>(4);
          }
          if (set.put(connection.connectionId(), connection) != null) {
            change[0] = Change.NONE;
          }
          return set;
        });
    return change[0];
  }

  private static Change take(
      Map<String, Map<String, HubConnection>> sets, String name, HubConnection connection) {
    Change[] change = {Change.NONE};
    sets.computeIfPresent(
        name,
        (key, set) -> {
          if (set.remove(connection.connectionId()) != null) {
            change[0] = set.isEmpty() ? Change.EDGE : Change.CHANGED;
          }
          return set.isEmpty() ? null : set;
        });
    return change[0];
  }
}
