package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.ReliableGap.Reason;
import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.ResumeWish;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMeters.Event;
import io.sharedredis.lettuce.backplane.History.Page;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of a hub in this process whose clients have a resume id. They get reliable
 * messages to all, to users and to groups by way of their followers alone. Thread-safe.
 */
final class Resumptions {

  private static final Logger log = LoggerFactory.getLogger(Resumptions.class);

  /**
   * Between two looks at what a client has received: the more there is, the more it gets twice when
   * its replica dies; the less, the more is written for a busy client.
   */
  static final Duration INTERVAL = Duration.ofSeconds(2);

  /** What a connection's own channel is called among its places. */
  static final String CONNECTION = "connection";

  private final Channels channels;
  private final ReliableChannels reliable;
  private final PlaceStore store;
  private final Duration kept;
  private final Transcoder transcoder;
  private final BackplaneMeters meters;
  private final ScheduledFuture<?> timer;
  private final Map<String, Resumption> connections = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Follower>> followers = new ConcurrentHashMap<>();
  private volatile boolean warned;

  /**
   * @param kept how long places of channels that are not followed any more count
   */
  Resumptions(
      Channels channels,
      ReliableChannels reliable,
      PlaceStore store,
      Duration kept,
      List<HubProtocol> protocols,
      ScheduledExecutorService scheduler,
      BackplaneMeters meters) {
    this.channels = channels;
    this.reliable = reliable;
    this.store = store;
    this.kept = kept;
    this.transcoder = new Transcoder(protocols);
    this.meters = meters;
    this.timer =
        scheduler.scheduleWithFixedDelay(
            this::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void look() {
    connections.values().forEach(Resumption::look);
  }

  /**
   * Takes up a connection before anything is sent to it; nothing happens where its client neither
   * has an id nor may go on elsewhere.
   */
  void begin(HubConnection connection) {
    ResumeWish wish = wish(connection);
    if (wish == null && !connection.mayMove()) {
      return;
    }
    String user = connection.userId();
    Resumption resumption =
        new Resumption(
            connection,
            wish != null && wish.places(),
            wish == null ? null : PlaceKey.of(channels.hub(), user, wish.id()),
            this);
    connections.put(connection.connectionId(), resumption);
    channelsOf(connection).forEach(resumption::join);
    resumption.claim();
  }

  private static @Nullable ResumeWish wish(HubConnection connection) {
    try {
      return ResumeWish.of(connection.request());
    } catch (IllegalArgumentException e) {
      // Its handshake was refused already, where there was one.
      return null;
    }
  }

  /** What a connection hears without joining it. */
  private List<String> channelsOf(HubConnection connection) {
    List<String> all = new ArrayList<>();
    all.add(channels.all());
    String user = connection.userId();
    if (user != null) {
      all.add(channels.user(user));
    }
    if (connection.mayMove()) {
      all.add(channels.connection(connection.connectionId()));
    }
    return all;
  }

  /** The channels of a connection that was taken up are heard; completes when it may go on. */
  CompletionStage<Void> heard(HubConnection connection) {
    Resumption resumption = connections.get(connection.connectionId());
    return resumption == null
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.allOf(
            channelsOf(connection).stream()
                .map(channel -> heard(resumption, channel).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
  }

  /** Where a reader has just begun its place must be known first: it is the client's too. */
  private CompletionStage<Void> heard(Resumption resumption, String channel) {
    return reliable.started(channel).thenCompose(done -> resumption.heard(channel));
  }

  /** A connection joins a channel, which may not be heard yet. */
  void join(String connectionId, String channel) {
    Resumption resumption = connections.get(connectionId);
    if (resumption != null) {
      resumption.join(channel);
    }
  }

  /** The channel that a connection has joined is heard; completes when it may go on. */
  CompletionStage<Void> heard(String connectionId, String channel) {
    Resumption resumption = connections.get(connectionId);
    return resumption == null
        ? CompletableFuture.completedFuture(null)
        : heard(resumption, channel);
  }

  void leave(String connectionId, String channel) {
    Resumption resumption = connections.get(connectionId);
    if (resumption != null) {
      resumption.leave(channel);
    }
  }

  /** A connection's wish to join a channel was refused. */
  void notJoined(String connectionId, String channel) {
    Resumption resumption = connections.get(connectionId);
    if (resumption != null) {
      resumption.notJoined(channel);
    }
  }

  void end(HubConnection connection) {
    Resumption resumption = connections.get(connection.connectionId());
    if (resumption != null
        && resumption.connection() == connection
        && connections.remove(connection.connectionId(), resumption)) {
      resumption.end();
    }
  }

  /** As {@link HubLifetime#depart}. */
  byte @Nullable [] depart(HubConnection connection) {
    Resumption resumption = connections.get(connection.connectionId());
    return resumption == null ? new byte[0] : resumption.depart();
  }

  void cut(HubConnection connection) {
    Resumption resumption = connections.get(connection.connectionId());
    if (resumption != null) {
      resumption.cut();
    }
  }

  void settle(HubConnection connection, byte[] places) {
    Resumption resumption = connections.get(connection.connectionId());
    if (resumption != null) {
      resumption.settle(read(places, Integer.MAX_VALUE));
    }
  }

  /** Whether somebody follows a channel. */
  boolean follow(String channel) {
    return followers.containsKey(channel);
  }

  /** Whether a connection gets reliable messages from here. */
  boolean takes(HubConnection connection) {
    // One that may move has its followers as long as it is here: what comes once they have ended
    // is for its taker, whoever still finds it here.
    return connection.mayMove() || connections.containsKey(connection.connectionId());
  }

  /** The reader of a channel brings a message. */
  void live(String channel, Delivery delivery) {
    Map<String, Follower> here = followers.get(channel);
    Position position = delivery.position();
    if (here == null || position == null) {
      return;
    }
    PlacedForms forms = forms(channel, delivery, position);
    if (forms != null) {
      here.values().forEach(follower -> follower.live(delivery, position, forms));
    }
  }

  void close() {
    timer.cancel(false);
  }

  // What connections and their followers need.

  void follow(Follower follower, String connectionId) {
    followers.compute(
        follower.channel(),
        (channel, present) -> {
          Map<String, Follower> all = present == null ? new ConcurrentHashMap<>(4) : present;
          all.put(connectionId, follower);
          return all;
        });
  }

  void unfollow(Follower follower, String connectionId) {
    followers.computeIfPresent(
        follower.channel(),
        (channel, all) -> {
          all.remove(connectionId, follower);
          return all.isEmpty() ? null : all;
        });
  }

  PlaceStore store() {
    return store;
  }

  /** What a record says; nothing where it is malformed, which is counted. */
  Places read(byte[] places) {
    return read(places, Places.MOST_CHANNELS);
  }

  private Places read(byte[] places, int mostChannels) {
    if (places.length == 0) {
      return Places.NONE;
    }
    try {
      return Places.decode(places, mostChannels);
    } catch (MalformedMessageException e) {
      meters.malformed("resume", String.valueOf(e.getMessage()));
      return Places.NONE;
    }
  }

  void cannotWrite(Throwable failure) {
    if (!warned) {
      warned = true;
      log.warn(
          "Redis refuses to keep what clients of {} have received; they do not get what they miss"
              + " until that is mended: {}",
          channels.hub(),
          failure.getMessage());
    }
  }

  /** A channel's name in a record. */
  String name(String channel) {
    String kind = String.valueOf(channels.kind(channel));
    return kind.equals("group") ? channel.substring(channels.hub().length() + 1) : kind;
  }

  boolean isConnection(String channel) {
    return name(channel).equals(CONNECTION);
  }

  /** A message as clients take it; null where it cannot be read, which is counted. */
  @Nullable PlacedForms forms(String channel, Delivery delivery, Position position) {
    try {
      return new PlacedForms(transcoder.complete(delivery.framed()), position, channel);
    } catch (RuntimeException e) {
      unusable(e);
      return null;
    }
  }

  /** A message cannot be given to a client. */
  void unusable(RuntimeException why) {
    meters.malformed("resume", "It could not be given: " + why);
  }

  Instant now() {
    return reliable.now();
  }

  Duration kept() {
    return kept;
  }

  void later(long millis, Runnable task) {
    reliable.later(millis, task);
  }

  void between(String channel, Consumer<@Nullable Position> task) {
    reliable.between(channel, task);
  }

  CompletionStage<Page> after(String channel, Position position, int messages, int bytes) {
    return reliable.after(channel, position, messages, bytes);
  }

  @Nullable Delivery decode(byte[] payload) {
    return reliable.decode(payload);
  }

  void lost(String channel, long missing, Reason reason) {
    reliable.lost(channel, missing, reason);
  }

  void count(Event event) {
    meters.count(event);
  }
}
