package io.sharedredis.hub;

import org.jspecify.annotations.Nullable;

/**
 * Base of an application's hubs: its public methods can be called by clients, by name ignoring
 * case. One object serves one call and is then dropped; what should last lies in {@link
 * HubCallContext#items()} or in injected services. Methods may block.
 *
 * @param <C> interface of the client's methods, or {@link ClientProxy} to name them by text
 */
public abstract class Hub<C> {
  private @Nullable HubCallContext context;
  private @Nullable HubCallerClients<C> clients;
  private @Nullable HubGroups groups;

  /** The connection whose call this is. */
  protected final HubCallContext context() {
    return attached(context);
  }

  /** Whom messages can be sent to. */
  protected final HubCallerClients<C> clients() {
    return attached(clients);
  }

  /** Groups of connections. Changes begun in a call are complete before its answer is sent. */
  protected final HubGroups groups() {
    return attached(groups);
  }

  /** Runs after the handshake, before any call of the client; a failure closes the connection. */
  protected void onConnected() throws Exception {}

  /**
   * Runs once when a connection that {@link #onConnected} took up has ended.
   *
   * @param failure why, or null for an ordinary end and for a lost network
   */
  protected void onDisconnected(@Nullable Throwable failure) throws Exception {}

  /**
   * Runs when reliable messages were missed for good: clients of this process may want to load anew
   * what they show. Nobody has called, so there is no {@link #context()} then.
   */
  protected void onGap(ReliableGap gap) throws Exception {}

  final void attach(
      @Nullable HubCallContext context, HubCallerClients<C> clients, HubGroups groups) {
    this.context = context;
    this.clients = clients;
    this.groups = groups;
  }

  private static <T> T attached(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException(
          "a hub can be used only while it serves a call; inject HubContext to send from elsewhere");
    }
    return part;
  }
}
