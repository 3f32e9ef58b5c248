package io.sharedredis.hub.server;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.HubClients;
import io.sharedredis.hub.lifetime.Recipients;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Recipients seen from outside a call. */
class Clients<C> implements HubClients<C> {
  static final ClientInterface<ClientProxy> UNTYPED = new ClientInterface<>(ClientProxy.class);

  final MessageRoute route;
  final Duration deadline;
  final ClientInterface<C> view;

  Clients(MessageRoute route, ClientInterface<C> view, Duration deadline) {
    this.route = route;
    this.view = view;
    this.deadline = deadline;
  }

  C to(Recipients recipients) {
    return view.over(new ClientTarget(route, recipients, deadline, this::beforeAnswer));
  }

  /** An answer is about to be awaited. */
  void beforeAnswer() {}

  @Override
  public final C all() {
    return to(new Recipients.All(Set.of()));
  }

  @Override
  public final C allExcept(Collection<String> connectionIds) {
    return to(new Recipients.All(Set.copyOf(connectionIds)));
  }

  @Override
  public final C client(String connectionId) {
    return to(new Recipients.Connections(List.of(connectionId)));
  }

  @Override
  public final C clients(Collection<String> connectionIds) {
    return to(new Recipients.Connections(List.copyOf(connectionIds)));
  }

  @Override
  public final C group(String name) {
    return to(new Recipients.Groups(List.of(name), Set.of()));
  }

  @Override
  public final C groups(Collection<String> names) {
    return to(new Recipients.Groups(List.copyOf(names), Set.of()));
  }

  @Override
  public final C groupExcept(String name, Collection<String> connectionIds) {
    return to(new Recipients.Groups(List.of(name), Set.copyOf(connectionIds)));
  }

  @Override
  public final C user(String userId) {
    return to(new Recipients.Users(List.of(userId)));
  }

  @Override
  public final C users(Collection<String> userIds) {
    return to(new Recipients.Users(List.copyOf(userIds)));
  }

  @Override
  public HubClients<C> reliable() {
    return new Clients<>(route.reliable(), view, deadline);
  }

  @Override
  public HubClients<C> reliable(String idempotencyKey) {
    return new Clients<>(route.reliable(idempotencyKey), view, deadline);
  }

  @Override
  public HubClients<ClientProxy> untyped() {
    return new Clients<>(route, UNTYPED, deadline);
  }
}
