package io.sharedredis.hub;

import java.util.Collection;

/**
 * Whom a hub's messages can be sent to, on all replicas. Every method gives a client whose methods
 * send.
 *
 * @param <C> the client's interface
 */
public interface HubClients<C> {

  /** Every connection. */
  C all();

  /** Every connection but these. */
  C allExcept(Collection<String> connectionIds);

  /** One connection; its methods may answer. */
  C client(String connectionId);

  /** These connections. */
  C clients(Collection<String> connectionIds);

  /** The members of a group. */
  C group(String name);

  /** The members of groups; a member of two gets the message twice. */
  C groups(Collection<String> names);

  /** The members of a group but these connections. */
  C groupExcept(String name, Collection<String> connectionIds);

  /** All connections of a user. */
  C user(String userId);

  /** All connections of users. */
  C users(Collection<String> userIds);

  /** The same with methods named by text. */
  HubClients<ClientProxy> untyped();
}
