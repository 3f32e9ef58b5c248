package io.sharedredis.hub.server;

import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubCalls;
import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.server.HubActivator.Activation;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a hub about reliable messages that were missed for good, as if somebody had called it. */
final class GapReports implements Consumer<ReliableGap> {
  private static final Logger LOG = LoggerFactory.getLogger(GapReports.class);

  private final HubServer server;

  GapReports(HubServer server) {
    this.server = server;
  }

  @Override
  public void accept(ReliableGap gap) {
    try {
      server.runtime().executor().execute(() -> tell(gap));
    } catch (RejectedExecutionException e) {
      LOG.debug("The process ends; {} is told nothing of {}", server.definition().name(), gap);
    }
  }

  // Whatever the application does with it, others are told all the same.
  private void tell(ReliableGap gap) {
    try {
      Activation activation = server.definition().activator().activate();
      CallGroups groups = new CallGroups(server.lifetime());
      try {
        attach(activation.hub(), groups);
        HubCalls.gap(activation.hub(), gap);
      } finally {
        activation.release();
      }
    } catch (Exception failure) {
      LOG.warn("onGap of {} failed for {}", server.definition().name(), gap, failure);
    }
  }

  /** Nobody called: the caller is nobody and others are all. */
  @SuppressWarnings("unchecked")
  private void attach(Hub<?> hub, CallGroups groups) {
    HubCalls.attach(
        (Hub<Object>) hub,
        null,
        new CallerClients<>(
            server.route(),
            (ClientInterface<Object>) server.clientView(),
            server.definition().options().clientResultTimeout(),
            "",
            () -> {}),
        groups);
  }
}
