package io.sharedredis.hub.server;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.protocol.HubMessage;

/**
 * Leads one client's calls, streams and answers to where they belong. Used inside the connection's
 * loop only.
 */
final class Dispatch {
  private final ServerConnection connection;
  private final HubServer server;
  private final Uploads uploads;
  private final Calls calls;
  private final StreamCalls streams;

  Dispatch(ServerConnection connection, HubServer server, HubInvoker invoker) {
    this.connection = connection;
    this.server = server;
    CallAnswers answers = new CallAnswers(connection, server);
    this.uploads = new Uploads(connection, server);
    this.calls = new Calls(connection, server, invoker, answers, uploads);
    this.streams = new StreamCalls(connection, server, invoker, answers, uploads);
  }

  /** Whether a call or an item waits for room; nothing may be read until it has. */
  boolean stalled() {
    return calls.stalled() || uploads.stalled();
  }

  /** Takes a message that is no matter of the connection itself. */
  void message(HubMessage message) {
    if (message instanceof HubMessage.Invocation call) {
      calls.invocation(call);
    } else if (message instanceof HubMessage.StreamInvocation call) {
      streams.invocation(call);
    } else if (message instanceof HubMessage.StreamItem item) {
      uploads.item(item.invocationId(), item.item());
    } else if (message instanceof HubMessage.CancelInvocation cancel) {
      streams.cancel(cancel.invocationId());
    } else if (message instanceof HubMessage.Completion completion
        && !uploads.complete(completion.invocationId(), completion.error())) {
      server.lifetime().completeInvocation(connection, completion);
    }
  }

  /** Whether nothing of the application runs for the client. */
  boolean quiet() {
    return calls.quiet() && streams.quiet();
  }

  /** Streams, in both directions, end with an error: the connection goes on at another replica. */
  void endStreams() {
    streams.endAll(new HubException("The connection goes on at another server."));
    uploads.connectionLost();
  }

  void connectionLost() {
    calls.connectionLost();
    streams.connectionLost();
    uploads.connectionLost();
  }
}
