package io.sharedredis.hub.server;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.HubCallerClients;
import io.sharedredis.hub.lifetime.Recipients;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Recipients seen from a call. */
final class CallerClients<C> extends Clients<C> implements HubCallerClients<C> {
  private final String callerId;
  private final Runnable beforeAnswer;

  CallerClients(
      MessageRoute route,
      ClientInterface<C> view,
      Duration deadline,
      String callerId,
      Runnable beforeAnswer) {
    super(route, view, deadline);
    this.callerId = callerId;
    this.beforeAnswer = beforeAnswer;
  }

  @Override
  void beforeAnswer() {
    beforeAnswer.run();
  }

  @Override
  public C caller() {
    return client(callerId);
  }

  @Override
  public C others() {
    return to(new Recipients.All(Set.of(callerId)));
  }

  @Override
  public C othersInGroup(String name) {
    return to(new Recipients.Groups(List.of(name), Set.of(callerId)));
  }

  @Override
  public HubCallerClients<C> reliable() {
    return new CallerClients<>(route.reliable(), view, deadline, callerId, beforeAnswer);
  }

  @Override
  public HubCallerClients<C> reliable(String idempotencyKey) {
    return new CallerClients<>(
        route.reliable(idempotencyKey), view, deadline, callerId, beforeAnswer);
  }

  @Override
  public HubCallerClients<ClientProxy> untyped() {
    return new CallerClients<>(route, UNTYPED, deadline, callerId, beforeAnswer);
  }
}
