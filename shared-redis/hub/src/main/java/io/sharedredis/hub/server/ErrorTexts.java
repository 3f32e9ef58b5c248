package io.sharedredis.hub.server;

import io.sharedredis.hub.HubException;
import io.sharedredis.hub.lifetime.ClientResultException;
import io.sharedredis.hub.protocol.PayloadException;
import io.sharedredis.hub.protocol.ProtocolException;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What clients are told about failures, in the texts of ASP.NET Core, on which clients match.
 * Exceptions of the server itself go by their .NET names, those of the application by their own
 * simple class names.
 */
final class ErrorTexts {
  private ErrorTexts() {}

  /** {@code text}, followed by the exception's name and message where the client may see them. */
  static String withDetail(String text, @Nullable Throwable failure, boolean detailed) {
    if (failure == null || !(detailed || failure instanceof HubException)) {
      return text;
    }
    return text + " " + name(failure) + ": " + failure.getMessage();
  }

  static String invocationFailed(String target, Throwable failure, boolean detailed) {
    return withDetail(
        "An unexpected error occurred invoking '" + target + "' on the server.", failure, detailed);
  }

  static String bindingFailed(String target, Throwable failure, boolean detailed) {
    return withDetail(
        "Failed to invoke '" + target + "' due to an error on the server.", failure, detailed);
  }

  static String unauthorized(String target) {
    return "Failed to invoke '" + target + "' because user is unauthorized";
  }

  static String streamFailed(Throwable failure, boolean detailed) {
    return withDetail(
        "An error occurred on the server while streaming results.", failure, detailed);
  }

  static String closed(@Nullable Throwable failure, boolean detailed) {
    return withDetail("Connection closed with an error.", failure, detailed);
  }

  /** The exception a wrapper stands for. */
  static Throwable unwrap(Throwable failure) {
    Throwable inner = failure;
    while ((inner instanceof CompletionException
            || inner instanceof ExecutionException
            || inner instanceof InvocationTargetException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    return inner;
  }

  private static String name(Throwable failure) {
    if (failure instanceof ProtocolException fault) {
      return fault.dotNetName();
    }
    if (failure instanceof HubMethod.BindingException) {
      return "InvalidDataException";
    }
    if (failure instanceof PayloadException) {
      return "JsonException";
    }
    if (failure instanceof ClientResultException) {
      return failure.getMessage() != null && failure.getMessage().startsWith("Connection ID ")
          ? "InvalidOperationException"
          : "IOException";
    }
    if (failure instanceof NotAllowedException
        || failure instanceof SequenceException
        || failure instanceof HubActivator.UnresolvedException) {
      return "InvalidOperationException";
    }
    if (failure instanceof ClientTimeoutException) {
      return "OperationCanceledException";
    }
    String name = failure.getClass().getSimpleName();
    return name.isEmpty() ? failure.getClass().getName() : name;
  }
}
