package io.sharedredis.lettuce.messaging;

import io.sharedredis.lettuce.backplane.BackplaneException;
import io.sharedredis.lettuce.messaging.MessagingMeters.Event;
import io.sharedredis.lettuce.relay.RelayWire;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries messages between the brokers of an application's replicas. What this replica publishes
 * comes to the others only, once each and in the order of the calls, if Redis is there: sending
 * never waits, and a message that cannot be sent now is counted and never sent later. Thread-safe.
 */
public final class MessagingBus implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MessagingBus.class);

  private final RelayWire wire;
  private final MessagingChannels channels;
  private final MessagingOptions options;
  private final long publisher;
  private final MessagingMeters meters;
  private final Deliveries deliveries;
  private final Interest interest;
  private final FarmUsers users;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicBoolean failing = new AtomicBoolean();
  private volatile MessagingListener listener = new Nobody();

  /**
   * @param wire the connections of this replica, which others use too
   * @param publisher this process's number among the replicas: random, fresh at each start, not 0
   * @param timers runs what is due; its tasks do not wait, and the bus does not end it
   * @param nanos a clock as {@link System#nanoTime}
   */
  public MessagingBus(
      RelayWire wire,
      MessagingOptions options,
      long publisher,
      MessagingMeters meters,
      ScheduledExecutorService timers,
      LongSupplier nanos) {
    this.wire = wire;
    this.channels = new MessagingChannels(options.application());
    this.options = options;
    this.publisher = publisher;
    this.meters = meters;
    this.deliveries = new Deliveries(options, meters);
    this.interest = new Interest(new Wanted(), timers);
    this.users = new FarmUsers(this, options, timers, nanos);
  }

  /** Where messages of other replicas go from now on; until then they are passed over. */
  public void deliverTo(MessagingListener receiver) {
    listener = receiver;
  }

  /** What this replica's sessions subscribed to. */
  public Interest interest() {
    return interest;
  }

  /** Users and where they are connected. */
  public FarmUsers users() {
    return users;
  }

  /** What was counted. */
  public MessagingMeters meters() {
    return meters;
  }

  /** Messages of other replicas that wait to be delivered here. */
  public int waiting() {
    return deliveries.waiting();
  }

  /** Sends to the other replicas' subscribers of the message's destination. */
  public void publish(BrokerMessage message) {
    int partition = MessagingChannels.partition(message.destination());
    send(channels.destinations(partition), message);
  }

  /** Sends to the sessions that a user has at other replicas. */
  public void publishToUser(String user, BrokerMessage message) {
    send(channels.user(user), message);
  }

  /** Whether the number is this replica's own. */
  boolean isPublisher(long number) {
    return number == publisher;
  }

  /** Tells the others something of users; what is lost is told again. Returns its bytes. */
  int tellUsers(UserNews news) {
    byte[] payload = UserNewsCodec.encode(publisher, news);
    var unused = wire.publish(channels.users(), payload);
    return payload.length;
  }

  void listenForUsers(Consumer<byte[]> receiver) {
    wire.listen(
        channels.users(),
        payload -> {
          if (!WireReader.isFrom(publisher, payload)) {
            received("users", payload, receiver);
          }
        });
  }

  void listenForNoUsers() {
    wire.leave(channels.users());
  }

  private void send(String channel, BrokerMessage message) {
    byte[] payload = BrokerMessageCodec.encode(publisher, message);
    if (payload.length > options.maxMessageBytes()) {
      meters.count(Event.TOO_LARGE);
      return;
    }
    if (unanswered.incrementAndGet() > options.maxUnanswered()) {
      unanswered.decrementAndGet();
      meters.count(Event.NOT_SENT);
      return;
    }
    CompletionStage<Void> sent = wire.publish(channel, payload);
    var unused =
        sent.whenComplete(
            (done, failure) -> {
              unanswered.decrementAndGet();
              if (failure == null) {
                meters.count(Event.PUBLISHED);
                recovered();
              } else {
                failed(failure);
              }
            });
  }

  private void recovered() {
    if (failing.get() && failing.compareAndSet(true, false)) {
      log.info("Messages reach other replicas again");
    }
  }

  private void failed(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    boolean notSent =
        cause instanceof BackplaneException known
            && known.outcome() == BackplaneException.Outcome.NOT_SENT;
    meters.count(notSent ? Event.NOT_SENT : Event.OUTCOME_UNKNOWN);
    if (failing.compareAndSet(false, true)) {
      log.warn(
          "Messages reach this replica's subscribers only: {} Further ones are only counted.",
          cause.getMessage());
    }
  }

  private void received(String kind, byte[] payload, Consumer<byte[]> action) {
    if (WireReader.isFrom(publisher, payload)) {
      meters.count(Event.ECHOES);
      return;
    }
    if (payload.length > options.maxMessageBytes()) {
      meters.malformed(kind, "It is longer than the bytes allowed.");
      return;
    }
    deliveries.add(payload.length, () -> deliver(kind, payload, action));
  }

  private void deliver(String kind, byte[] payload, Consumer<byte[]> action) {
    try {
      action.accept(payload);
    } catch (UnreadableException e) {
      meters.malformed(kind, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      meters.count(Event.FAILED);
      log.debug("A message of another replica could not be delivered", e);
    }
  }

  /** Delivers nothing any more; the connections are others' to close. */
  @Override
  public void close() {
    users.end();
    interest.close();
    deliveries.close();
  }

  /** Listens to what is wanted. */
  private final class Wanted implements Interest.Channels {

    @Override
    public void destinations(List<Integer> partitions, boolean wanted) {
      if (!wanted) {
        wire.leaveAll(partitions.stream().map(channels::destinations).toList());
        return;
      }
      Map<String, Consumer<byte[]>> receivers = new LinkedHashMap<>();
      for (int partition : partitions) {
        receivers.put(
            channels.destinations(partition),
            payload -> received("destination", payload, bytes -> publishedIn(partition, bytes)));
      }
      wire.listenAll(receivers);
    }

    private void publishedIn(int partition, byte[] payload) {
      BrokerMessage message = BrokerMessageCodec.decode(payload);
      if (MessagingChannels.partition(message.destination()) != partition) {
        throw new UnreadableException("Its destination belongs elsewhere.");
      }
      listener.published(message);
      meters.count(Event.DELIVERED);
    }

    @Override
    public void user(String name, boolean wanted) {
      if (!wanted) {
        wire.leave(channels.user(name));
        return;
      }
      wire.listen(
          channels.user(name),
          payload ->
              received(
                  "user",
                  payload,
                  bytes -> {
                    listener.publishedToUser(name, BrokerMessageCodec.decode(bytes));
                    meters.count(Event.DELIVERED);
                  }));
    }
  }

  /** Before the broker is there. */
  private static final class Nobody implements MessagingListener {
    @Override
    public void published(BrokerMessage message) {}

    @Override
    public void publishedToUser(String user, BrokerMessage message) {}
  }
}
