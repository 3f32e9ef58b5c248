package io.sharedredis.hub.server;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one client that are answered with streams. They need no slot and run beside ordinary
 * calls. Used inside the connection's loop, but for the ends of streams.
 */
final class StreamCalls {
  private final ServerConnection connection;
  private final HubServer server;
  private final HubInvoker invoker;
  private final CallAnswers answers;
  private final Uploads uploads;
  private final Map<String, StreamSender> running = new ConcurrentHashMap<>(0);

  StreamCalls(
      ServerConnection connection,
      HubServer server,
      HubInvoker invoker,
      CallAnswers answers,
      Uploads uploads) {
    this.connection = connection;
    this.server = server;
    this.invoker = invoker;
    this.answers = answers;
    this.uploads = uploads;
  }

  void invocation(HubMessage.StreamInvocation call) {
    String id = call.invocationId();
    HubMethod method = answers.find(id, call.target(), true);
    if (method == null) {
      return;
    }
    @Nullable Object[] arguments =
        answers.bind(method, id, call.target(), call.arguments(), call.streamIds());
    if (arguments == null) {
      return;
    }
    StreamSender sender =
        new StreamSender(connection, server.runtime().executor(), answers, id, call.target());
    if (running.putIfAbsent(id, sender) != null) {
      answers.refuse(id, "Invocation ID '" + id + "' is already in use.");
      return;
    }
    List<UploadStream> opened = uploads.open(method, arguments, call.streamIds());
    if (opened == null) {
      running.remove(id, sender);
      answers.refuse(id, Uploads.inUse(call.target()));
      return;
    }
    method.supply(arguments, HubMethod.Source.CANCELLATION, parameter -> sender.cancellation());
    sender.onEnd(
        () -> {
          running.remove(id, sender);
          uploads.closeLater(opened);
        });
    if (method.nonBlocking()) {
      run(method, arguments, call.headers(), sender);
      return;
    }
    try {
      server.runtime().executor().execute(() -> run(method, arguments, call.headers(), sender));
    } catch (RejectedExecutionException e) {
      sender.failBeforeStart(e);
    }
  }

  private void run(
      HubMethod method,
      @Nullable Object[] arguments,
      Map<String, String> headers,
      StreamSender sender) {
    HubInvoker.Outcome outcome;
    try {
      outcome = invoker.invoke(method, arguments, headers, () -> {});
    } catch (Throwable failure) {
      sender.failBeforeStart(failure);
      return;
    }
    sender.onEnd(() -> outcome.end(sender.failure()));
    CompletableFutures.whenDone(
        HubInvoker.settled(outcome.value()).thenCombine(outcome.groups(), (value, done) -> value),
        (value, failure) -> {
          if (failure != null) {
            sender.failBeforeStart(failure);
          } else {
            start(method, value, sender);
          }
        });
  }

  private static void start(HubMethod method, @Nullable Object value, StreamSender sender) {
    Flow.Publisher<?> publisher = value == null ? null : publisher(value);
    if (publisher != null) {
      publisher.subscribe(sender);
    } else if (value instanceof Stream<?> stream) {
      sender.pump(stream);
    } else {
      sender.refuse(
          "The value returned by the streaming method '"
              + method.name()
              + "' is not a ChannelReader<> or IAsyncEnumerable<>.");
    }
  }

  private static Flow.@Nullable Publisher<?> publisher(Object value) {
    if (value instanceof Flow.Publisher<?> publisher) {
      return publisher;
    }
    ReactiveTypes types = ReactiveTypes.ofStream(value.getClass());
    return types == null ? null : types.publisher(value);
  }

  /** The client wants no more; it is told the end, without an error. An unknown id is ignored. */
  void cancel(String id) {
    StreamSender sender = running.get(id);
    if (sender != null) {
      sender.cancelledByClient();
    }
  }

  boolean quiet() {
    return running.isEmpty();
  }

  /** Ends all with an error: what feeds them cannot go where the connection goes. */
  void endAll(HubException why) {
    running.values().forEach(sender -> sender.endWith(why));
  }

  void connectionLost() {
    running.values().forEach(StreamSender::connectionLost);
  }

  /** Ends an answer that is no failure. */
  static Completion end(String id) {
    return Completion.ofNothing(id);
  }
}
