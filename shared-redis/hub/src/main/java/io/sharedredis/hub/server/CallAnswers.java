package io.sharedredis.hub.server;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.server.HubMethod.BindingException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds and binds what one client calls, and tells it what went wrong. Thread-safe. */
final class CallAnswers {
  private static final Logger LOG = LoggerFactory.getLogger(CallAnswers.class);

  private final ServerConnection connection;
  private final HubServer server;

  CallAnswers(ServerConnection connection, HubServer server) {
    this.connection = connection;
    this.server = server;
  }

  /** The method called, or null when the client has been told why not. */
  @Nullable HubMethod find(@Nullable String id, String target, boolean asStream) {
    connection.meters().count(HubMeters.Event.CALLS);
    HubMethod method = server.methods().find(target);
    if (method == null) {
      HubException missing = new HubException("Method does not exist.");
      Observing.end(
          Observing.begin(server.methods().unknown(), new CallContext(connection), Map.of()),
          missing);
      refuse(id, ErrorTexts.bindingFailed(target, missing, true));
    } else if (method.streaming() && !asStream) {
      refuse(
          id,
          "The client attempted to invoke the streaming '"
              + target
              + "' method with a non-streaming invocation.");
      return null;
    } else if (!method.streaming() && asStream) {
      refuse(
          id,
          "The client attempted to invoke the non-streaming '"
              + target
              + "' method with a streaming invocation.");
      return null;
    }
    return method;
  }

  /** Values for the method's parameters, or null when the client has been told why not. */
  @Nullable Object @Nullable [] bind(
      HubMethod method,
      @Nullable String id,
      String target,
      List<? extends @Nullable Object> values,
      List<String> streamIds) {
    @Nullable Object[] arguments;
    try {
      arguments = method.bind(values);
    } catch (BindingException e) {
      LOG.debug("Call of {} could not be bound", target, e);
      refuse(id, ErrorTexts.bindingFailed(target, e, detailed()));
      return null;
    }
    if (streamIds.size() != method.uploadCount()) {
      refuse(
          id,
          ErrorTexts.invocationFailed(
              target,
              new HubException(
                  "Client sent "
                      + streamIds.size()
                      + " stream(s), Hub method expects "
                      + method.uploadCount()
                      + "."),
              true));
      return null;
    }
    return arguments;
  }

  void failed(@Nullable String id, String target, Throwable wrapped) {
    Throwable failure = ErrorTexts.unwrap(wrapped);
    if (server.definition().unauthorized().test(failure)) {
      refuse(id, ErrorTexts.unauthorized(target));
      return;
    }
    log(target, failure);
    refuse(id, ErrorTexts.invocationFailed(target, failure, detailed()));
  }

  void streamFailed(String id, String target, Throwable wrapped) {
    Throwable failure = ErrorTexts.unwrap(wrapped);
    log(target, failure);
    refuse(id, ErrorTexts.streamFailed(failure, detailed()));
  }

  // What a hub says to its client on purpose is no fault of the server.
  private void log(String target, Throwable failure) {
    if (failure instanceof HubException) {
      LOG.debug("Connection {}: {} answered an error", connection.connectionId(), target, failure);
    } else {
      LOG.warn("Connection {}: {} failed", connection.connectionId(), target, failure);
    }
  }

  void refuse(@Nullable String id, String error) {
    connection.meters().count(HubMeters.Event.CALLS_FAILED);
    if (id != null) {
      connection.sendNow(Completion.ofError(id, error));
    }
  }

  boolean detailed() {
    return server.definition().options().detailedErrors();
  }
}
