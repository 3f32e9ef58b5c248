package io.sharedredis.hub;

/**
 * Recipients as seen from a call.
 *
 * @param <C> the client's interface
 */
public interface HubCallerClients<C> extends HubClients<C> {

  /** The connection that called. */
  C caller();

  /** Every other connection. */
  C others();

  /** The members of a group but the caller. */
  C othersInGroup(String name);

  @Override
  HubCallerClients<C> reliable();

  @Override
  HubCallerClients<C> reliable(String idempotencyKey);

  @Override
  HubCallerClients<ClientProxy> untyped();
}
