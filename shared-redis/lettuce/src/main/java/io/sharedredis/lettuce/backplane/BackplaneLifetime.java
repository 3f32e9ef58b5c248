package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.Presence;
import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.lifetime.ClientResults;
import io.sharedredis.hub.lifetime.HubConnection;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.LocalConnections;
import io.sharedredis.hub.lifetime.LocalConnections.Change;
import io.sharedredis.hub.lifetime.LocalConnections.Departure;
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
  private final BackplaneBus gatedBus;
  private final Gate gate;
  private final Channels channels;
  private final String server;
  private final LocalConnections connections = new LocalConnections();
  private final ClientResults results = new ClientResults();
  private final RemoteResults remoteResults;
  private final GroupCommands groupCommands;
  private final Publisher publisher;
  private final AbsentConnections absentConnections;
  private final Sends sends;
  private final Questions questions;
  private volatile Presence presence;
  private volatile @Nullable PresenceKeeper keeper;
  private final Inbox inbox;
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
    this.gatedBus = gated;
    this.inbox =
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
    own.put(channels.all(), inbox::all);
    own.put(channels.groupCommands(), () -> inbox.groupCommands(this::obey));
    own.put(channels.acks(server), () -> inbox.acks(groupCommands::acknowledged));
    own.put(channels.returns(server), inbox::clientResults);
    var unused = all(settleOwn());
    this.absentConnections = new AbsentConnections(bus, channels, scheduler);
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
    if (resumptions != null) {
      resumptions.begin(connection);
    }
    connections.add(connection);
    List<CompletionStage<Void>> settled = settleOwn();
    settled.add(settleConnection(connection.connectionId()));
    String user = connection.userId();
    if (user != null) {
      settled.add(settleUser(user));
    }
    Resumptions used = resumptions;
    CompletionStage<Void> heard = all(settled);
    return used == null ? heard : heard.thenCompose(done -> used.heard(connection));
  }

  @Override
  public CompletionStage<Void> onDisconnected(HubConnection connection) {
    String id = connection.connectionId();
    if (resumptions != null) {
      resumptions.end(connection);
    }
    remoteResults.connectionLost(connection);
    results.connectionLost(id);
    Departure departure = connections.remove(connection);
    List<CompletionStage<Void>> settled = new ArrayList<>();
    settled.add(settleConnection(id));
    if (departure != null) {
      departure.emptyGroups().forEach(group -> settled.add(settleGroup(group)));
      if (departure.emptyUser() != null) {
        settled.add(settleUser(departure.emptyUser()));
      }
    }
    return all(settled);
  }

  private CompletionStage<Void> settleConnection(String id) {
    return bus.settle(
        channels.connection(id), () -> connections.get(id) != null, inbox.connection(id));
  }

  private CompletionStage<Void> settleUser(String user) {
    return started(
        channels.user(user),
        bus.settle(channels.user(user), () -> connections.hasUser(user), inbox.user(user)));
  }

  private CompletionStage<Void> settleGroup(String group) {
    return started(
        channels.group(group),
        bus.settle(channels.group(group), () -> connections.hasGroup(group), inbox.group(group)));
  }

  /** Whoever joins misses no reliable message from then on. */
  private CompletionStage<Void> started(String channel, CompletionStage<Void> settled) {
    ReliableChannels used = reliable;
    return used == null ? settled : settled.thenCompose(done -> used.started(channel));
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
    groups.forEach(group -> settled.add(join(connection.connectionId(), group)));
    return all(settled);
  }

  @Override
  public Set<String> groupsOf(String connectionId) {
    return connections.groupsOf(connectionId);
  }

  @Override
  public CompletionStage<Void> forward(String connectionId, String protocol, byte[] frame) {
    return publisher.forward(channels.connection(connectionId), protocol, frame);
  }

  /** A connection that leaves for another replica has its groups changed there. */
  private boolean absent(String connectionId) {
    HubConnection connection = connections.get(connectionId);
    return connection == null || connection.leaving();
  }

  @Override
  public CompletionStage<Void> addToGroup(String connectionId, String group) {
    if (absent(connectionId)) {
      return groupCommands.ask(GroupCommand.ADD, connectionId, group);
    }
    return join(connectionId, group);
  }

  /**
   * A join whose subscription the broker refuses is undone: nobody is a member who hears nothing.
   */
  private CompletionStage<Void> join(String connectionId, String group) {
    Resumptions used = resumptions;
    if (used == null) {
      return joined(connectionId, group);
    }
    String channel = channels.group(group);
    used.join(connectionId, channel);
    return joined(connectionId, group)
        .whenComplete(
            (done, failure) -> {
              if (failure != null && !connections.groupsOf(connectionId).contains(group)) {
                used.leave(connectionId, channel);
              }
            })
        .thenCompose(done -> used.heard(connectionId, channel));
  }

  private CompletionStage<Void> joined(String connectionId, String group) {
    Change change = connections.addToGroup(connectionId, group);
    if (connections.get(connectionId) == null) {
      return CompletableFuture.completedFuture(null);
    }
    CompletableFuture<Void> joined = new CompletableFuture<>();
    var unused =
        settleGroup(group)
            .whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    joined.complete(null);
                    return;
                  }
                  if (change != Change.NONE) {
                    connections.removeFromGroup(connectionId, group);
                    var unusedUndone = settleGroup(group);
                  }
                  joined.completeExceptionally(Failures.unwrap(failure));
                });
    return joined;
  }

  @Override
  public CompletionStage<Void> removeFromGroup(String connectionId, String group) {
    if (absent(connectionId)) {
      return groupCommands.ask(GroupCommand.REMOVE, connectionId, group);
    }
    return leave(connectionId, group);
  }

  private CompletionStage<Void> leave(String connectionId, String group) {
    if (resumptions != null) {
      resumptions.leave(connectionId, channels.group(group));
    }
    return connections.removeFromGroup(connectionId, group) == Change.EDGE
        ? settleGroup(group)
        : CompletableFuture.completedFuture(null);
  }

  /** Carries out another replica's command when the connection is here, and acknowledges it. */
  private void obey(GroupCommand command) {
    String id = command.connectionId();
    if (absent(id)) {
      return;
    }
    CompletionStage<Void> done =
        switch (command.action()) {
          case GroupCommand.ADD -> join(id, command.group());
          case GroupCommand.REMOVE -> leave(id, command.group());
          default -> CompletableFuture.completedFuture(null);
        };
    var unused =
        done.thenCompose(
                ok ->
                    gatedBus.publish(
                        channels.acks(command.server()),
                        BackplaneCodec.encode(new BackplaneMessage.Ack(command.id()))))
            .exceptionally(failure -> null);
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
