package io.sharedredis.hub;

import java.security.Principal;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The connection a call came over. Thread-safe; may be kept beyond the call. */
public interface HubCallContext {

  /** Public name of the connection, for {@code clients().client(id)}. */
  String connectionId();

  /** The name {@code clients().user(…)} finds this connection by; null when anonymous. */
  @Nullable String userId();

  /** Who was signed in when the connection opened; null when nobody was. */
  @Nullable Principal user();

  /**
   * As {@link #user()}, for hubs behind a sign-in.
   *
   * @throws HubException when nobody was signed in
   */
  default Principal requireUser() {
    Principal user = user();
    if (user == null) {
      throw new HubException("Sign in before using this hub.");
    }
    return user;
  }

  /** The request that opened the connection, as it was then. */
  HubRequest request();

  /** {@code WebSockets}, {@code ServerSentEvents} or {@code LongPolling}. */
  String transport();

  /**
   * Values of the application, shared by all calls of the connection. Thread-safe; no null values.
   */
  Map<Object, Object> items();

  /** Completes when the connection ends. */
  CompletionStage<Void> aborted();

  /** Ends the connection; the client does not come back by itself. */
  void abort();
}
