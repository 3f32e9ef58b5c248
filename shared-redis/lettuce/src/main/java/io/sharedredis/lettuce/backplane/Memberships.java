package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.lifetime.LocalConnections;
import io.sharedredis.hub.lifetime.LocalConnections.Change;
import io.sharedredis.hub.lifetime.LocalConnections.Departure;
import io.sharedredis.lettuce.backplane.BackplaneMessage.GroupCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected here and belongs to which group, and with it the channels that this replica
 * listens to: of its own connections, their users and groups. Thread-safe.
 */
final class Memberships {

  private final LocalConnections connections;
  private final Channels channels;
  private final BackplaneBus bus;
  private final BackplaneBus gatedBus;
  private final Inbox inbox;

  /** Null where reliable messages are switched off. */
  private final @Nullable ReliableChannels reliable;

  /** Null where nobody keeps what clients have received. */
  private final @Nullable Resumptions resumptions;

  /**
   * @param gatedBus for acknowledgements, which wait until the others hear
   */
  Memberships(
      LocalConnections connections,
      Channels channels,
      BackplaneBus bus,
      BackplaneBus gatedBus,
      Inbox inbox,
      @Nullable ReliableChannels reliable,
      @Nullable Resumptions resumptions) {
    this.connections = connections;
    this.channels = channels;
    this.bus = bus;
    this.gatedBus = gatedBus;
    this.inbox = inbox;
    this.reliable = reliable;
    this.resumptions = resumptions;
  }

  /**
   * Takes up a connection; completes when everything that is sent to it arrives.
   *
   * @param own settles what every connection needs
   */
  CompletionStage<Void> connected(
      HubConnection connection, Supplier<List<CompletionStage<Void>>> own) {
    if (resumptions != null) {
      resumptions.begin(connection);
    }
    connections.add(connection);
    List<CompletionStage<Void>> settled = new ArrayList<>(own.get());
    settled.add(settleConnection(connection.connectionId()));
    String user = connection.userId();
    if (user != null) {
      settled.add(settleUser(user));
    }
    Resumptions used = resumptions;
    CompletionStage<Void> heard = Sends.all(settled);
    return used == null ? heard : heard.thenCompose(done -> used.heard(connection));
  }

  /** Forgets a connection, with its groups. */
  CompletionStage<Void> disconnected(HubConnection connection) {
    Departure departure = connections.remove(connection);
    if (resumptions != null) {
      resumptions.end(connection);
    }
    List<CompletionStage<Void>> settled = new ArrayList<>();
    settled.add(settleConnection(connection.connectionId()));
    if (departure != null) {
      departure.emptyGroups().forEach(group -> settled.add(settleGroup(group)));
      if (departure.emptyUser() != null) {
        settled.add(settleUser(departure.emptyUser()));
      }
    }
    return Sends.all(settled);
  }

  /** A connection that leaves for another replica has its groups changed there. */
  boolean absent(String connectionId) {
    HubConnection connection = connections.get(connectionId);
    return connection == null || connection.leaving();
  }

  /**
   * A join whose subscription the broker refuses is undone: nobody is a member who hears nothing.
   */
  CompletionStage<Void> join(String connectionId, String group) {
    Resumptions used = resumptions;
    if (used == null) {
      return joined(connectionId, group);
    }
    String channel = channels.group(group);
    used.join(connectionId, channel);
    return joined(connectionId, group)
        .whenComplete(
            (done, failure) -> {
              if (failure != null && !connections.groupsOf(connectionId).contains(group)) {
                used.notJoined(connectionId, channel);
              }
            })
        .thenCompose(done -> used.heard(connectionId, channel));
  }

  private CompletionStage<Void> joined(String connectionId, String group) {
    Change change = connections.addToGroup(connectionId, group);
    if (connections.get(connectionId) == null) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> joined = new CompletableFuture<>();
    var unused =
        settleGroup(group)
            .whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    joined.complete(null);
                    return;
                  }
                  if (change != Change.NONE) {
                    connections.removeFromGroup(connectionId, group);
                    var unusedUndone = settleGroup(group);
                  }
                  joined.completeExceptionally(Failures.unwrap(failure));
                });
    return joined;
  }

  CompletionStage<Void> leave(String connectionId, String group) {
    if (resumptions != null) {
      resumptions.leave(connectionId, channels.group(group));
    }
    return connections.removeFromGroup(connectionId, group) == Change.EDGE
        ? settleGroup(group)
        : CompletableFuture.completedFuture(null);
  }

  /** Carries out another replica's command when the connection is here, and acknowledges it. */
  void obey(GroupCommand command) {
    String id = command.connectionId();
    if (absent(id)) {
      return;
    }
    CompletionStage<Void> done =
        switch (command.action()) {
          case GroupCommand.ADD -> join(id, command.group());
          case GroupCommand.REMOVE -> leave(id, command.group());
          default -> CompletableFuture.completedFuture(null);
        };
    var unused =
        done.thenCompose(
                ok ->
                    gatedBus.publish(
                        channels.acks(command.server()),
                        BackplaneCodec.encode(new BackplaneMessage.Ack(command.id()))))
            .exceptionally(failure -> null);
  }

  private CompletionStage<Void> settleConnection(String id) {
    return bus.settle(
        channels.connection(id), () -> connections.get(id) != null, inbox.connection(id));
  }

  private CompletionStage<Void> settleUser(String user) {
    return started(
        channels.user(user),
        bus.settle(channels.user(user), () -> connections.hasUser(user), inbox.user(user)));
  }

  private CompletionStage<Void> settleGroup(String group) {
    return started(
        channels.group(group),
        bus.settle(channels.group(group), () -> connections.hasGroup(group), inbox.group(group)));
  }

  /** Whoever joins misses no reliable message from then on. */
  private CompletionStage<Void> started(String channel, CompletionStage<Void> settled) {
    ReliableChannels used = reliable;
    return used == null ? settled : settled.thenCompose(done -> used.started(channel));
  }
}
