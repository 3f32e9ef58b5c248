package io.sharedredis.hub;

/**
 * Sends to a hub's clients from anywhere in the application. Thread-safe.
 *
 * @param <H> the hub
 * @param <C> its client interface
 */
public interface HubContext<H extends Hub<C>, C> {

  /** Whom messages can be sent to, on all replicas. */
  HubClients<C> clients();

  /** The hub's groups. */
  HubGroups groups();

  /** Who is connected, on all replicas. */
  Presence presence();
}
