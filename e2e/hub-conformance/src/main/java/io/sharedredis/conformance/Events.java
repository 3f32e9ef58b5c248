package io.sharedredis.conformance;

import io.sharedredis.hub.HubException;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** What the probe hubs saw of each connection, and exceptions in the recorded server's words. */
final class Events {

  /** Connections remembered; a recording makes a few hundred. */
  private static final int MOST = 10_000;

  /** The framework's exceptions by the names they have in .NET. */
  private static final Map<String, String> NAMES =
      Map.of(
          "ProtocolException", "InvalidDataException",
          "PayloadException", "JsonException",
          "NotAllowedException", "InvalidOperationException",
          "SequenceException", "InvalidOperationException",
          "ClientTimeoutException", "OperationCanceledException",
          "TimeoutException", "OperationCanceledException",
          "CancellationException", "OperationCanceledException",
          "IllegalArgumentException", "NotSupportedException");

  private static final Map<String, Queue<String>> SEEN = new ConcurrentHashMap<>();

  private Events() {}

  static void add(String connectionId, String what) {
    if (SEEN.size() < MOST || SEEN.containsKey(connectionId)) {
      boolean unused =
          SEEN.computeIfAbsent(connectionId, id -> new ConcurrentLinkedQueue<>()).add(what);
    }
  }

  static List<String> of(String connectionId) {
    Queue<String> seen = SEEN.get(connectionId);
    return seen == null ? List.of() : List.copyOf(seen);
  }

  static String describe(@Nullable Throwable wrapped) {
    Throwable failure = unwrapped(wrapped);
    return failure == null ? "null" : name(failure) + ": " + failure.getMessage();
  }

  static @Nullable Throwable unwrapped(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static String name(Throwable failure) {
    String name = failure.getClass().getSimpleName();
    if (name.equals("ClientResultException")) {
      String text = failure.getMessage();
      return text != null && text.startsWith("Connection ID ")
          ? "InvalidOperationException"
          : "IOException";
    }
    return NAMES.getOrDefault(name, name);
  }

  /** The application's exceptions of the recorded server, by their names. */
  static final class InvalidOperationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidOperationException(String text) {
      super(text);
    }
  }

  static final class ArgumentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ArgumentException(String text) {
      super(text);
    }
  }

  static final class DerivedHubException extends HubException {
    private static final long serialVersionUID = 1L;

    DerivedHubException(String text) {
      super(text);
    }
  }
}
