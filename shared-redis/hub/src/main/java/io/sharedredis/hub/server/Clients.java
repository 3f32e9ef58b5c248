package io.sharedredis.hub.server;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.HubClients;
import io.sharedredis.hub.lifetime.HubLifetime;
import io.sharedredis.hub.lifetime.Recipients;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Recipients seen from outside a call. */
class Clients<C> implements HubClients<C> {
  static final ClientInterface<ClientProxy> UNTYPED = new ClientInterface<>(ClientProxy.class);

  final HubLifetime lifetime;
  final Duration deadline;
  private final ClientInterface<C> view;

  Clients(HubLifetime lifetime, ClientInterface<C> view, Duration deadline) {
    this.lifetime = lifetime;
    this.view = view;
    this.deadline = deadline;
  }

  C to(Recipients recipients) {
    return view.over(new ClientTarget(lifetime, recipients, deadline, this::beforeAnswer));
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
  public HubClients<ClientProxy> untyped() {
    return new Clients<>(lifetime, UNTYPED, deadline);
  }
}
