package io.sharedredis.hub.server;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubClients;
import io.sharedredis.hub.HubContext;
import io.sharedredis.hub.HubGroups;
import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.Presence;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.HubLifetimeFactory;
import io.sharedredis.hub.protocol.HubProtocol;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One hub as it is served by this process: its methods, its connections' way in, and the way to its
 * clients.
 */
public final class HubServer implements ConnectionServer {
  private final HubDefinition definition;
  private final HubLifetime lifetime;
  private final HubRuntime runtime;
  private final HubMethods methods;
  private final ClientInterface<?> clients;
  private final MessageRoute route;

  /**
   * @throws IllegalArgumentException naming the method that a client could not call, or the client
   *     method that is no message
   */
  public HubServer(HubDefinition definition, HubLifetimeFactory lifetimes, HubRuntime runtime) {
    this.definition = definition;
    this.runtime = runtime;
    this.methods =
        HubMethods.of(
            definition.type(), method -> runtime.calls().method(definition.name(), method));
    this.clients = new ClientInterface<>(GenericTypes.argumentOf(definition.type(), Hub.class, 0));
    this.lifetime = lifetimes.create(definition.name(), definition.protocols());
    this.route = MessageRoute.of(lifetime, definition.type());
    lifetime.onGap(new GapReports(this));
  }

  private HubServer(
      HubDefinition definition,
      HubRuntime runtime,
      HubMethods methods,
      ClientInterface<?> clients,
      HubLifetime lifetime) {
    this.definition = definition;
    this.runtime = runtime;
    this.methods = methods;
    this.clients = clients;
    this.lifetime = lifetime;
    this.route = MessageRoute.of(lifetime, definition.type());
  }

  public HubDefinition definition() {
    return definition;
  }

  /** How many connections, groups and users it has in this process. */
  public HubLifetime.Counts counts() {
    return lifetime.counts();
  }

  /** Names of the methods that clients can call. */
  public List<String> methodNames() {
    return methods.names();
  }

  /**
   * Takes up a connection that comes from another replica; its {@link ServerConnection#handover}
   * leads it in. Null when this hub does not speak its protocol.
   *
   * @param request the one that brought it here
   */
  public @Nullable ServerConnection arriving(
      String connectionId, HubRequest request, String protocol, @Nullable String userId) {
    HubProtocol spoken = protocol(protocol);
    if (spoken == null) {
      return null;
    }
    ServerConnection connection = new ServerConnection(this, connectionId, request, true);
    connection.arriving(spoken, userId);
    runtime.connections().add(connection);
    return connection;
  }

  @Override
  public boolean allowsStatefulReconnects() {
    return definition.options().statefulReconnects().allowed();
  }

  /** The same hub with other options, at another path: clients of both belong together. */
  public HubServer with(HubOptions options) {
    return new HubServer(definition.withOptions(options), runtime, methods, clients, lifetime);
  }

  /** Takes up a connection whose transport is open; the handshake comes next. */
  @Override
  public Wire open(
      String connectionId, HubRequest request, HubTransport transport, boolean stateful) {
    ServerConnection connection = new ServerConnection(this, connectionId, request, stateful);
    Wire wire = connection.begin(transport);
    runtime.connections().add(connection);
    return wire;
  }

  /** The way to the hub's clients from anywhere. */
  public <H extends Hub<C>, C> HubContext<H, C> context() {
    @SuppressWarnings("unchecked")
    ClientInterface<C> view = (ClientInterface<C>) clients;
    Clients<C> all = new Clients<>(route, view, definition.options().clientResultTimeout());
    HubGroups groups =
        new HubGroups() {
          @Override
          public CompletionStage<Void> add(String connectionId, String group) {
            return lifetime.addToGroup(connectionId, group);
          }

          @Override
          public CompletionStage<Void> remove(String connectionId, String group) {
            return lifetime.removeFromGroup(connectionId, group);
          }
        };
    return new HubContext<>() {
      @Override
      public HubClients<C> clients() {
        return all;
      }

      @Override
      public HubGroups groups() {
        return groups;
      }

      @Override
      public Presence presence() {
        return lifetime.presence();
      }
    };
  }

  @Override
  public void close() {
    lifetime.close();
  }

  @Nullable HubProtocol protocol(String name) {
    for (HubProtocol protocol : definition.protocols()) {
      if (protocol.name().equalsIgnoreCase(name)) {
        return protocol;
      }
    }
    return null;
  }

  HubMethods methods() {
    return methods;
  }

  HubLifetime lifetime() {
    return lifetime;
  }

  MessageRoute route() {
    return route;
  }

  HubRuntime runtime() {
    return runtime;
  }

  ClientInterface<?> clientView() {
    return clients;
  }
}
