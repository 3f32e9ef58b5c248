package io.sharedredis.spring.messaging;

import io.sharedredis.lettuce.messaging.MessagingBus;
import org.springframework.context.SmartLifecycle;
import org.springframework.messaging.SubscribableChannel;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.user.UserDestinationMessageHandler;

/**
 * Joins a simple broker with those of the other replicas while both run: listens beside it on its
 * two channels, and gives it what the others sent.
 */
public final class BrokerBackplane implements SmartLifecycle {

  private final MessagingBus bus;
  private final SimpleBrokerMessageHandler broker;
  private final OutgoingMessages fromClients;
  private final OutgoingMessages fromApplication;
  private final IncomingMessages incoming;
  private final FarmUserRegistry registry;
  private volatile boolean running;

  public BrokerBackplane(
      MessagingBus bus,
      SimpleBrokerMessageHandler broker,
      UserDestinationMessageHandler users,
      FarmUserRegistry registry,
      LocalSessions sessions) {
    BrokerDestinations destinations = new BrokerDestinations(broker.getDestinationPrefixes());
    this.bus = bus;
    this.broker = broker;
    this.registry = registry;
    this.fromClients =
        new OutgoingMessages(bus, destinations, users.getUserDestinationResolver(), sessions, true);
    this.fromApplication =
        new OutgoingMessages(
            bus, destinations, users.getUserDestinationResolver(), sessions, false);
    this.incoming =
        new IncomingMessages(
            broker,
            users,
            destinations,
            users.getUserDestinationResolver(),
            sessions,
            bus.meters());
  }

  /** Right after the broker, and so before the first client; ends before it. */
  @Override
  public int getPhase() {
    int phase = broker.getPhase();
    return phase == Integer.MAX_VALUE ? phase : phase + 1;
  }

  @Override
  public void start() {
    bus.deliverTo(incoming);
    bus.users().begin(registry::sessions);
    listen(broker.getClientInboundChannel(), fromClients);
    listen(broker.getBrokerChannel(), fromApplication);
    running = true;
  }

  // A channel tells whether it knew the handler already; either is fine.
  private static void listen(SubscribableChannel channel, OutgoingMessages handler) {
    boolean unused = channel.subscribe(handler);
  }

  @Override
  public void stop() {
    running = false;
    bus.users().end();
    boolean unused = broker.getClientInboundChannel().unsubscribe(fromClients);
    boolean unusedToo = broker.getBrokerChannel().unsubscribe(fromApplication);
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
