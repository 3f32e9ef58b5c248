package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.lifetime.LocalConnections;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Ack;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMessage.GroupCommand;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Takes payloads from the bus to connections of this replica. Whatever a payload holds, nothing is
 * thrown: the thread that reads for all channels must live on, and no client pays for what another
 * server sent.
 */
final class Inbox {

  private static final Runnable NOTHING = () -> {};

  private final LocalConnections connections;
  private final RemoteResults remoteResults;
  private final Publisher publisher;
  private final Transcoder transcoder;
  private final Set<String> protocolNames;
  private final BackplaneMeters meters;
  private final int maxBytes;
  private final Channels channels;

  /** Null where reliable messages are taken as they come. */
  private final @Nullable ReliableChannels reliable;

  /** Null where nobody keeps what clients have received. */
  private final @Nullable Resumptions resumptions;

  Inbox(
      LocalConnections connections,
      RemoteResults remoteResults,
      Publisher publisher,
      List<HubProtocol> protocols,
      BackplaneMeters meters,
      int maxBytes,
      Channels channels,
      @Nullable ReliableChannels reliable,
      @Nullable Resumptions resumptions) {
    this.connections = connections;
    this.remoteResults = remoteResults;
    this.publisher = publisher;
    this.transcoder = new Transcoder(protocols);
    this.protocolNames =
        protocols.stream().map(HubProtocol::name).collect(Collectors.toUnmodifiableSet());
    this.meters = meters;
    this.maxBytes = maxBytes;
    this.channels = channels;
    this.reliable = reliable;
    this.resumptions = resumptions;
  }

  Consumer<byte[]> all() {
    return many(
        "all", channels.all(), delivery -> new Recipients.All(Set.copyOf(delivery.excluded())));
  }

  Consumer<byte[]> group(String group) {
    List<String> name = List.of(group);
    return many(
        "group",
        channels.group(group),
        delivery -> new Recipients.Groups(name, Set.copyOf(delivery.excluded())));
  }

  /** Exclusions are not looked at here, as in .NET. */
  Consumer<byte[]> user(String user) {
    Recipients recipients = new Recipients.Users(List.of(user));
    return many("user", channels.user(user), delivery -> recipients);
  }

  private Consumer<byte[]> many(String kind, String channel, Function<Delivery, Recipients> whom) {
    GapDetector gaps = new GapDetector();
    return hearing(
        kind,
        channel,
        delivery -> {
          // The sender has delivered its own to those that cannot move.
          boolean own = echo(delivery, gaps);
          if (own && !connections.anyMayMove()) {
            return NOTHING;
          }
          Recipients recipients = whom.apply(delivery);
          SerializedHubMessage message = message(delivery);
          connections.deliver(recipients, message, HubConnection::mayMove);
          return own
              ? NOTHING
              : () -> connections.deliver(recipients, message, here -> !here.mayMove());
        },
        delivery -> kept(channel, whom.apply(delivery), delivery));
  }

  /** A reliable message: clients with a resume id get it in their own way. */
  private void kept(String channel, Recipients whom, Delivery delivery) {
    Resumptions used = resumptions;
    if (used == null) {
      connections.deliver(whom, message(delivery));
    } else {
      used.live(channel, delivery);
      connections.deliver(whom, message(delivery), connection -> !used.takes(connection));
    }
  }

  /**
   * Takes plain deliveries as they come and reliable ones in their order.
   *
   * @param plain gives a plain one to connections that may move, at once: in the order of the bus,
   *     in which their marks lie. What it returns is for the others and keeps its place behind
   *     reliable ones
   */
  private Consumer<byte[]> hearing(
      String kind, String channel, Function<Delivery, Runnable> plain, Consumer<Delivery> kept) {
    if (reliable == null) {
      return payload ->
          guarded(kind, payload, () -> plain.apply(BackplaneCodec.delivery(payload)).run());
    }
    ChannelReader reader =
        reliable.reader(channel, delivery -> guarded(kind, () -> kept.accept(delivery)));
    return new ReadSubscriber(
        reader,
        reliable,
        payload ->
            guarded(
                kind,
                payload,
                () -> {
                  Delivery delivery = BackplaneCodec.delivery(payload);
                  if (delivery.position() == null) {
                    Runnable rest = plain.apply(delivery);
                    reader.plain(() -> guarded(kind, rest), payload.length);
                  } else {
                    reader.live(delivery, payload.length);
                  }
                }));
  }

  /** A receiver that has a reader. */
  private record ReadSubscriber(
      ChannelReader reader, ReliableChannels reliable, Consumer<byte[]> payloads)
      implements Subscriber {

    @Override
    public void accept(byte[] payload) {
      payloads.accept(payload);
    }

    @Override
    public void heard() {
      reliable.heard(reader);
    }

    @Override
    public void left() {
      reliable.left(reader);
    }
  }

  Consumer<byte[]> connection(String connectionId) {
    GapDetector gaps = new GapDetector();
    return hearing(
        "connection",
        channels.connection(connectionId),
        delivery -> {
          HubConnection connection = connections.get(connectionId);
          boolean moves = connection != null && connection.mayMove();
          if (echo(delivery, gaps) && !moves) {
            return NOTHING;
          }
          if (moves) {
            toConnection(connectionId, delivery);
            return NOTHING;
          }
          return () -> toConnection(connectionId, delivery);
        },
        delivery -> {
          HubConnection connection = connections.get(connectionId);
          Resumptions used = resumptions;
          String channel = channels.connection(connectionId);
          if (used != null && used.follow(channel)) {
            used.live(channel, delivery);
          } else if (connection != null && (used == null || !used.takes(connection))) {
            connection.send(message(delivery));
          }
        });
  }

  private void toConnection(String connectionId, Delivery delivery) {
    HubConnection connection = connections.get(connectionId);
    if (delivery.wanted() == null) {
      if (connection != null) {
        connection.send(message(delivery));
      }
    } else if (connection == null) {
      remoteResults.askedInVain(delivery.wanted());
    } else {
      remoteResults.asked(connection, delivery.wanted(), message(delivery));
    }
  }

  Consumer<byte[]> groupCommands(Consumer<GroupCommand> action) {
    return payload ->
        guarded(
            "internal:groups", payload, () -> action.accept(BackplaneCodec.groupCommand(payload)));
  }

  Consumer<byte[]> acks(Consumer<Ack> action) {
    return payload ->
        guarded("internal:ack", payload, () -> action.accept(BackplaneCodec.ack(payload)));
  }

  Consumer<byte[]> clientResults() {
    return payload ->
        guarded(
            "internal:return",
            payload,
            () -> remoteResults.arrived(BackplaneCodec.clientResult(payload)));
  }

  /** Takes note of the stamp; true when the message is this replica's own. */
  private boolean echo(Delivery delivery, GapDetector gaps) {
    Stamp stamp = delivery.stamp();
    if (gaps.missed(stamp)) {
      meters.count(BackplaneMeters.Event.GAPS);
    }
    if (stamp == null || !publisher.own(stamp)) {
      return false;
    }
    meters.count(BackplaneMeters.Event.ECHOES);
    long age = publisher.age(stamp);
    if (age >= 0) {
      meters.lag(age);
    }
    return true;
  }

  private SerializedHubMessage message(Delivery delivery) {
    Map<String, byte[]> framed = transcoder.complete(delivery.framed());
    if (Collections.disjoint(framed.keySet(), protocolNames)) {
      throw new MalformedMessageException("It speaks none of this hub's protocols.");
    }
    return SerializedHubMessage.ofBytes(framed);
  }

  private void guarded(String kind, byte[] payload, Runnable action) {
    meters.count(BackplaneMeters.Event.RECEIVED);
    if (payload.length > maxBytes) {
      meters.malformed(kind, "It is longer than the " + maxBytes + " bytes allowed.");
      return;
    }
    guarded(kind, action);
  }

  private void guarded(String kind, Runnable action) {
    try {
      action.run();
    } catch (MalformedMessageException e) {
      meters.malformed(kind, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      meters.malformed(kind, "It could not be handled: " + e);
    }
  }
}
