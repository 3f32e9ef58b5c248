package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.Presence;
import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.lifetime.ClientResults;
import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.LocalConnections;
import io.sharedredis.hub.lifetime.Recipients;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.lettuce.backplane.BackplaneMessage.GroupCommand;
import io.sharedredis.lettuce.presence.PresenceKeeper;
import io.sharedredis.lettuce.presence.PresenceStore;
import java.lang.reflect.Type;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The lifetime of a hub that runs on several replicas.
 *
 * <p>Clients of this replica get a message directly, in the order of the sends, also while the bus
 * is away; other replicas get it over the bus. A message that comes back to the replica that
 * published it is recognised by its stamp and dropped.
 */
final class BackplaneLifetime implements HubLifetime {

  private final BackplaneBus bus;
  private final Gate gate;
  private final Channels channels;
  private final String server;
  private final LocalConnections connections = new LocalConnections();
  private final ClientResults results = new ClientResults();
  private final RemoteResults remoteResults;
  private final GroupCommands groupCommands;
  private final Publisher publisher;
  private final AbsentConnections absentConnections;
  private final Memberships memberships;
  private final Sends sends;
  private final Questions questions;
  private volatile Presence presence;
  private volatile @Nullable PresenceKeeper keeper;
  private final Map<String, Supplier<Consumer<byte[]>>> own = new LinkedHashMap<>();
  private volatile boolean open = true;

  // Null only while the constructor runs, when replicas can already be heard.
  private volatile @Nullable Peers peers;

  /** Null where reliable messages are switched off. */
  private final @Nullable ReliableChannels reliable;

  /** Null where nobody keeps what clients have received. */
  private final @Nullable Resumptions resumptions;

  BackplaneLifetime(
      BackplaneBus bus,
      String hubName,
      List<HubProtocol> protocols,
      BackplaneOptions options,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      BackplaneMeters meters) {
    this(bus, hubName, protocols, options, clock, scheduler, random, meters, null);
  }

  /**
   * @param kept where reliable messages are kept, and how; null for none
   */
  BackplaneLifetime(
      BackplaneBus bus,
      String hubName,
      List<HubProtocol> protocols,
      BackplaneOptions options,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      BackplaneMeters meters,
      @Nullable Keeping kept) {
    this.bus = bus;
    this.channels = new Channels(hubName);
    this.reliable =
        kept == null
            ? null
            : new ReliableChannels(
                kept.history(),
                channels,
                kept.options(),
                options.maxMessageBytes(),
                clock,
                scheduler,
                random,
                meters);
    PlaceStore places = kept == null ? null : kept.places();
    this.resumptions =
        reliable == null || kept == null || places == null
            ? null
            : new Resumptions(
                channels,
                reliable,
                places,
                kept.options().retention().multipliedBy(2),
                protocols,
                scheduler,
                meters);
    this.server = options.serverName();
    this.gate = new Gate(this::othersHear, bus::canPublish, options.sendDeadline(), scheduler);
    BackplaneBus gated = new GatedBus(bus, gate);
    this.publisher =
        new Publisher(bus, gate, protocols, options.maxMessageBytes(), random.nextLong());
    this.remoteResults = new RemoteResults(gated, protocols, results, meters, scheduler);
    this.groupCommands = new GroupCommands(gated, channels, options, scheduler, meters);
    Inbox inbox =
        new Inbox(
            connections,
            remoteResults,
            publisher,
            protocols,
            meters,
            options.maxMessageBytes(),
            channels,
            reliable,
            resumptions);
    this.memberships =
        new Memberships(connections, channels, bus, gated, inbox, reliable, resumptions);
    own.put(channels.all(), inbox::all);
    own.put(channels.groupCommands(), () -> inbox.groupCommands(memberships::obey));
    own.put(channels.acks(server), () -> inbox.acks(groupCommands::acknowledged));
    own.put(channels.returns(server), inbox::clientResults);
    var unused = all(settleOwn());
    this.absentConnections = new AbsentConnections(bus, channels, gate::isOpen, scheduler);
    this.sends = new Sends(connections, channels, publisher, reliable);
    this.questions =
        new Questions(
            connections,
            results,
            publisher,
            channels,
            server,
            new InvocationIds(random),
            absentConnections);
    Peers announced =
        new Peers(bus, hubName, server, connections::size, clock, scheduler, meters, gate::release);
    this.peers = announced;
    this.presence = new FarmPresence(bus, channels, connections, announced);
  }

  /**
   * Where reliable messages are kept, and how.
   *
   * @param places where it is kept what clients have received; null for nowhere
   */
  record Keeping(History history, ReliableOptions options, @Nullable PlaceStore places) {
    Keeping(History history, ReliableOptions options) {
      this(history, options, null);
    }
  }

  private boolean othersHear() {
    Peers known = peers;
    return known != null && known.allHere();
  }

  /** Asked for at each new connection too: one that Redis refused may be allowed by now. */
  private List<CompletionStage<Void>> settleOwn() {
    List<CompletionStage<Void>> settled = new ArrayList<>();
    own.forEach(
        (channel, receiver) -> settled.add(bus.settle(channel, () -> open, receiver.get())));
    return settled;
  }

  @Override
  public CompletionStage<Void> onConnected(HubConnection connection) {
    return memberships.connected(connection, this::settleOwn);
  }

  @Override
  public CompletionStage<Void> onDisconnected(HubConnection connection) {
    remoteResults.connectionLost(connection);
    results.connectionLost(connection.connectionId());
    return memberships.disconnected(connection);
  }

  @Override
  public CompletionStage<Void> send(Recipients recipients, Invocation message) {
    return sends.plain(recipients, message);
  }

  @Override
  public boolean sendsReliably() {
    return reliable != null;
  }

  @Override
  public void onGap(Consumer<ReliableGap> listener) {
    if (reliable != null) {
      reliable.onGap(listener);
    }
  }

  @Override
  public CompletionStage<Void> sendReliably(
      Recipients recipients, Invocation message, @Nullable String idempotencyKey) {
    return sends.reliable(recipients, message, idempotencyKey);
  }

  @Override
  public CompletionStage<Void> onArriving(HubConnection connection, Set<String> groups) {
    CompletionStage<Void> known = onConnected(connection);
    List<CompletionStage<Void>> settled = new ArrayList<>();
    settled.add(known);
    groups.forEach(group -> settled.add(memberships.join(connection.connectionId(), group)));
    return all(settled);
  }

  @Override
  public byte @Nullable [] depart(HubConnection connection) {
    return resumptions == null ? new byte[0] : resumptions.depart(connection);
  }

  @Override
  public void cut(HubConnection connection) {
    if (resumptions != null) {
      resumptions.cut(connection);
    }
  }

  @Override
  public void settle(HubConnection connection, byte[] places) {
    if (resumptions != null) {
      resumptions.settle(connection, places);
    }
  }

  @Override
  public Set<String> groupsOf(String connectionId) {
    return connections.groupsOf(connectionId);
  }

  @Override
  public CompletionStage<Void> forward(String connectionId, String protocol, byte[] frame) {
    return publisher.forward(channels.connection(connectionId), protocol, frame);
  }

  @Override
  public CompletionStage<Void> addToGroup(String connectionId, String group) {
    if (memberships.absent(connectionId)) {
      return groupCommands.ask(GroupCommand.ADD, connectionId, group);
    }
    return memberships.join(connectionId, group);
  }

  @Override
  public CompletionStage<Void> removeFromGroup(String connectionId, String group) {
    if (memberships.absent(connectionId)) {
      return groupCommands.ask(GroupCommand.REMOVE, connectionId, group);
    }
    return memberships.leave(connectionId, group);
  }

  @Override
  public CompletableFuture<@Nullable Object> invoke(
      String connectionId,
      String target,
      List<? extends @Nullable Object> arguments,
      Type resultType) {
    return questions.ask(connectionId, target, arguments, resultType);
  }

  @Override
  public void completeInvocation(HubConnection connection, Completion completion) {
    if (!remoteResults.answered(connection, completion)) {
      results.complete(connection.connectionId(), completion);
    }
  }

  @Override
  public Counts counts() {
    return connections.counts();
  }

  @Override
  public Presence presence() {
    return presence;
  }

  /**
   * Keeps a record of this replica's connections from now on.
   *
   * @param make begins to keep the record of what it is given
   */
  void record(PresenceStore store, Function<PresenceKeeper.Local, PresenceKeeper> make) {
    PresenceKeeper kept = make.apply(new RecordedHere(connections));
    connections.onChange(kept::changed);
    keeper = kept;
    presence = new RecordedPresence(presence, bus, channels, store, kept);
  }

  /** Whether it has not been closed. */
  boolean isOpen() {
    return open;
  }

  /** What kind of channel of this hub a name is; null when it is none. */
  @Nullable String kind(String channel) {
    return channels.kind(channel);
  }

  /** How this hub stands now. */
  BackplaneState.HubState state() {
    Peers known = peers;
    return new BackplaneState.HubState(
        channels.hub(),
        connections.size(),
        gate.isOpen(),
        gate.held(),
        groupCommands.waiting(),
        remoteResults.owed(),
        known == null ? List.of() : known.states(),
        known == null ? 0 : known.missing());
  }

  @Override
  public void close() {
    open = false;
    var unused = all(settleOwn());
    Peers announced = peers;
    if (announced != null) {
      announced.close();
    }
    PresenceKeeper kept = keeper;
    if (kept != null) {
      kept.close();
    }
    groupCommands.close();
    absentConnections.close();
    remoteResults.close();
    if (resumptions != null) {
      resumptions.close();
    }
    if (reliable != null) {
      reliable.close();
    }
  }

  private static CompletionStage<Void> all(List<CompletionStage<Void>> stages) {
    return Sends.all(stages);
  }
}
