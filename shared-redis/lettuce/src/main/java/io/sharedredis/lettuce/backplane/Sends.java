package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.lifetime.LocalConnections;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Ways of a message to its recipients: which of them are here, and by which channels it reaches
 * those elsewhere. Thread-safe.
 */
final class Sends {

  private final LocalConnections connections;
  private final Channels channels;
  private final Publisher publisher;

  /** Null where reliable messages are switched off. */
  private final @Nullable ReliableChannels reliable;

  Sends(
      LocalConnections connections,
      Channels channels,
      Publisher publisher,
      @Nullable ReliableChannels reliable) {
    this.connections = connections;
    this.channels = channels;
    this.publisher = publisher;
    this.reliable = reliable;
  }

  /**
   * To those of this replica directly, to the others over the bus; ends when the bus has taken it.
   */
  CompletionStage<Void> plain(Recipients recipients, Invocation message) {
    Outgoing outgoing = publisher.prepare(message);
    if (recipients instanceof Recipients.All all) {
      return deliver(channels.all(), all, all.exceptConnectionIds(), outgoing);
    }
    List<CompletionStage<Void>> sent = new ArrayList<>();
    if (recipients instanceof Recipients.Groups groups) {
      for (String group : groups.names()) {
        // As in .NET: the empty name is a group of its own, but left out of several.
        if (!group.isEmpty() || groups.names().size() == 1) {
          Set<String> except = groups.exceptConnectionIds();
          Recipients members = new Recipients.Groups(List.of(group), except);
          sent.add(deliver(channels.group(group), members, except, outgoing));
        }
      }
    } else if (recipients instanceof Recipients.Users users) {
      for (String user : users.userIds()) {
        if (!user.isEmpty()) {
          Recipients members = new Recipients.Users(List.of(user));
          sent.add(deliver(channels.user(user), members, Set.of(), outgoing));
        }
      }
    } else if (recipients instanceof Recipients.Connections some) {
      for (String id : some.connectionIds()) {
        HubConnection local = connections.get(id);
        if (local != null && !local.moving()) {
          CompletionStage<Void> room = local.send(outgoing.local());
          if (some.connectionIds().size() == 1) {
            sent.add(room);
          }
        } else if (!id.isEmpty()) {
          sent.add(publisher.publish(channels.connection(id), Set.of(), outgoing));
        }
      }
    }
    return all(sent);
  }

  /** By way of the history to everybody, this replica's connections included: one order for all. */
  CompletionStage<Void> reliable(
      Recipients recipients, Invocation message, @Nullable String idempotencyKey) {
    ReliableChannels used = reliable;
    if (used == null) {
      return CompletableFuture.failedFuture(
          new UnsupportedOperationException(
              "reliable messages are switched off; set shared-redis.hub.reliable.enabled=true on"
                  + " every replica"));
    }
    Outgoing outgoing = publisher.prepare(message);
    List<CompletionStage<Void>> sent = new ArrayList<>();
    if (recipients instanceof Recipients.Connections some) {
      for (String id : some.connectionIds()) {
        HubConnection local = connections.get(id);
        if (local != null && !local.moving() && idempotencyKey == null) {
          var unused = local.send(outgoing.local());
        } else if (!id.isEmpty()) {
          sent.add(used.send(channels.connection(id), Set.of(), outgoing, idempotencyKey));
        }
      }
    } else {
      Set<String> except = exceptOf(recipients);
      channelsOf(recipients)
          .forEach(channel -> sent.add(used.send(channel, except, outgoing, idempotencyKey)));
    }
    return all(sent);
  }

  private static Set<String> exceptOf(Recipients recipients) {
    if (recipients instanceof Recipients.All all) {
      return all.exceptConnectionIds();
    }
    return recipients instanceof Recipients.Groups groups ? groups.exceptConnectionIds() : Set.of();
  }

  private List<String> channelsOf(Recipients recipients) {
    if (recipients instanceof Recipients.Groups groups) {
      return groups.names().stream()
          .filter(name -> !name.isEmpty() || groups.names().size() == 1)
          .map(channels::group)
          .toList();
    }
    if (recipients instanceof Recipients.Users users) {
      return users.userIds().stream().filter(id -> !id.isEmpty()).map(channels::user).toList();
    }
    return List.of(channels.all());
  }

  /**
   * To those of this replica directly, to the others over the bus. Connections that may move take
   * it from the bus here too; only when it does not get there at all they get it directly.
   */
  private CompletionStage<Void> deliver(
      String channel, Recipients recipients, Set<String> except, Outgoing outgoing) {
    Runnable here =
        () ->
            connections.deliver(recipients, outgoing.local(), connection -> !connection.mayMove());
    if (reliable == null) {
      here.run();
    } else {
      reliable.plain(channel, here);
    }
    return publisher
        .publish(channel, except, outgoing)
        .whenComplete(
            (done, failure) -> {
              if (failure != null
                  && Failures.unwrap(failure) instanceof BackplaneException refused
                  && refused.outcome() == BackplaneException.Outcome.NOT_SENT) {
                connections.deliver(recipients, outgoing.local(), HubConnection::mayMove);
              }
            });
  }

  /** Completes when all of them have. */
  static CompletionStage<Void> all(List<CompletionStage<Void>> stages) {
    return CompletableFuture.allOf(
        stages.stream()
            .map(CompletionStage::toCompletableFuture)
            .toArray(CompletableFuture[]::new));
  }
}
