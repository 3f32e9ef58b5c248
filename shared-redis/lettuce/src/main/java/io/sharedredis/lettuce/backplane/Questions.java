package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.ClientResults;
import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.lifetime.LocalConnections;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import java.lang.reflect.Type;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Calls of clients that answer, wherever they are connected. Thread-safe. */
final class Questions {

  private final LocalConnections connections;
  private final ClientResults results;
  private final Publisher publisher;
  private final Channels channels;
  private final String server;
  private final InvocationIds invocationIds;
  private final AbsentConnections absentConnections;

  /**
   * @param server this replica, to which answers come back
   */
  Questions(
      LocalConnections connections,
      ClientResults results,
      Publisher publisher,
      Channels channels,
      String server,
      InvocationIds invocationIds,
      AbsentConnections absentConnections) {
    this.connections = connections;
    this.results = results;
    this.publisher = publisher;
    this.channels = channels;
    this.server = server;
    this.invocationIds = invocationIds;
    this.absentConnections = absentConnections;
  }

  /** Completes with the client's answer, or fails when there will be none. */
  CompletableFuture<@Nullable Object> ask(
      String connectionId,
      String target,
      List<? extends @Nullable Object> arguments,
      Type resultType) {
    String id = invocationIds.next();
    Invocation call = Invocation.of(id, target, arguments);
    CompletableFuture<@Nullable Object> answer = results.await(connectionId, id, resultType);
    HubConnection local = connections.get(connectionId);
    if (local != null) {
      local.send(SerializedHubMessage.of(call));
      // It may have left between the look-up and the wait; onDisconnected found nothing to fail.
      if (connections.get(connectionId) == null) {
        results.connectionLost(connectionId);
      }
      return answer;
    }
    String channel = channels.connection(connectionId);
    var unused =
        publisher
            .ask(channel, call, channels.returns(server))
            .whenComplete(
                (sent, failure) -> {
                  if (failure != null) {
                    answer.completeExceptionally(Failures.unwrap(failure));
                  } else {
                    // Only now: while the question is held back its owner may not listen yet.
                    absentConnections.watch(connectionId, answer);
                  }
                });
    return answer;
  }
}
