package io.sharedredis.hub.lifetime;

import io.sharedredis.hub.Presence;
import io.sharedredis.hub.PresenceEvent;
import io.sharedredis.hub.lifetime.LocalConnections.Change;
import io.sharedredis.hub.lifetime.LocalConnections.Departure;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The lifetime of a hub that runs on one replica: what is not connected here does not exist. */
public final class InProcessHubLifetime implements HubLifetime {
  private static final CompletableFuture<Void> DONE = CompletableFuture.completedFuture(null);

  private final LocalConnections connections = new LocalConnections();
  private final PresenceListeners listeners = new PresenceListeners();
  private final ClientResults results = new ClientResults();
  private final SentKeys sentKeys = new SentKeys();
  private final AtomicLong lastInvocation = new AtomicLong();

  @Override
  public CompletionStage<Void> onConnected(HubConnection connection) {
    if (connections.add(connection) == Change.EDGE) {
      listeners.tell(new PresenceEvent.UserJoined(String.valueOf(connection.userId())));
    }
    return DONE;
  }

  @Override
  public CompletionStage<Void> onDisconnected(HubConnection connection) {
    String id = connection.connectionId();
    Set<String> groups = connections.groupsOf(id);
    Departure departure = connections.remove(connection);
    if (departure != null) {
      groups.forEach(
          group -> listeners.tell(new PresenceEvent.MemberLeft(group, id, connection.userId())));
      if (departure.emptyUser() != null) {
        listeners.tell(new PresenceEvent.UserLeft(departure.emptyUser()));
      }
    }
    results.connectionLost(connection.connectionId());
    return DONE;
  }

  @Override
  public CompletionStage<Void> send(Recipients recipients, Invocation message) {
    if (recipients instanceof Recipients.Connections some && some.connectionIds().size() == 1) {
      HubConnection connection = connections.get(some.connectionIds().get(0));
      return connection == null ? DONE : connection.send(SerializedHubMessage.of(message));
    }
    connections.deliver(recipients, SerializedHubMessage.of(message));
    return DONE;
  }

  @Override
  public boolean sendsReliably() {
    return true;
  }

  /** Nobody else misses anything: all are here. */
  @Override
  public CompletionStage<Void> sendReliably(
      Recipients recipients, Invocation message, @Nullable String idempotencyKey) {
    return idempotencyKey == null || sentKeys.first(recipients.toString(), idempotencyKey)
        ? send(recipients, message)
        : DONE;
  }

  @Override
  public CompletionStage<Void> addToGroup(String connectionId, String group) {
    if (connections.addToGroup(connectionId, group) != Change.NONE) {
      listeners.tell(new PresenceEvent.MemberJoined(group, connectionId, user(connectionId)));
    }
    return DONE;
  }

  @Override
  public CompletionStage<Void> removeFromGroup(String connectionId, String group) {
    String user = user(connectionId);
    if (connections.removeFromGroup(connectionId, group) != Change.NONE) {
      listeners.tell(new PresenceEvent.MemberLeft(group, connectionId, user));
    }
    return DONE;
  }

  // Whether the peer drains its queue is no business of a call; its answer is.
  @Override
  public CompletableFuture<@Nullable Object> invoke(
      String connectionId,
      String target,
      List<? extends @Nullable Object> arguments,
      Type resultType) {
    HubConnection connection = connections.get(connectionId);
    if (connection == null) {
      return CompletableFuture.failedFuture(ClientResultException.unknownConnection(connectionId));
    }
    String id = "s" + lastInvocation.incrementAndGet();
    CompletableFuture<@Nullable Object> answer = results.await(connectionId, id, resultType);
    connection.send(SerializedHubMessage.of(Invocation.of(id, target, arguments)));
    // It may have left between the look-up and the wait; onDisconnected then found nothing to fail.
    if (connections.get(connectionId) == null) {
      results.connectionLost(connectionId);
    }
    return answer;
  }

  @Override
  public void completeInvocation(HubConnection connection, Completion completion) {
    results.complete(connection.connectionId(), completion);
  }

  private @Nullable String user(String connectionId) {
    HubConnection connection = connections.get(connectionId);
    return connection == null ? null : connection.userId();
  }

  @Override
  public Counts counts() {
    return connections.counts();
  }

  @Override
  public Presence presence() {
    return new LocalPresence(connections, listeners);
  }

  @Override
  public void close() {}
}
