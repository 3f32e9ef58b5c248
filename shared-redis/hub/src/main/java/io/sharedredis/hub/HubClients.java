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

  /**
   * The same, but each message is kept in a bounded history from which replicas that missed it take
   * it: in order, once. The stage of a send completes when the message is kept; it fails when that
   * did not come about within a bound, and says whether it may have been kept all the same. Where a
   * replica was away for longer than the history reaches, {@link Hub#onGap} is told.
   *
   * <p>To a connection of this process it is the same as an ordinary send. Answers of clients are
   * not concerned.
   */
  HubClients<C> reliable();

  /**
   * As {@link #reliable()}, and a message is kept once only, however often it is sent under the
   * same key to the same recipients, from whichever replica, within some minutes.
   *
   * @param idempotencyKey 1 to 200 characters that name one message, such as an order's number with
   *     its new state
   */
  HubClients<C> reliable(String idempotencyKey);

  /** The same with methods named by text. */
  HubClients<ClientProxy> untyped();
}
