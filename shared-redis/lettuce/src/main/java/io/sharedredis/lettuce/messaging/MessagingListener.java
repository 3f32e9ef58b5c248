package io.sharedredis.lettuce.messaging;

/**
 * Gets what other replicas sent, one message after the other, on a thread that may wait for a
 * moment: while it does, further messages queue up to a bound.
 */
public interface MessagingListener {

  /** A message for everybody here who subscribed to its destination. */
  void published(BrokerMessage message);

  /** A message for the sessions of a user that are here. */
  void publishedToUser(String user, BrokerMessage message);
}
