package io.sharedredis.conformance;

import io.sharedredis.conformance.Events.InvalidOperationException;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.hub.HubException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The probe hubs; they differ in the options of their paths. */
final class ProbeHubs {
  private ProbeHubs() {}

  @HubEndpoint({
    "/probe/plain",
    "/probe/ws-only",
    "/probe/sse-only",
    "/probe/lp-only",
    "/probe/min1",
    "/probe/close-on-expiry",
    "/probe/subprotocol",
    "/cors/hub"
  })
  static class PlainHub extends ProbeHub {}

  @HubEndpoint({"/probe/detailed", "/probe/small-buffers"})
  static class DetailedHub extends ProbeHub {}

  @HubEndpoint("/probe/quick")
  static class QuickHub extends ProbeHub {}

  @HubEndpoint("/probe/small")
  static class SmallHub extends ProbeHub {}

  @HubEndpoint("/probe/parallel")
  static class ParallelHub extends ProbeHub {}

  @HubEndpoint("/probe/stateful")
  static class StatefulHub extends ProbeHub {}

  @HubEndpoint("/probe/ask-on-connect")
  static class AskOnConnectHub extends Hub<ClientProxy> {
    @Override
    protected void onConnected() {
      ClientProxy caller = clients().caller();
      try {
        CompletionStage<Integer> unused = caller.invoke(int.class, "Result");
      } catch (RuntimeException e) {
        CompletionStage<Void> unused = caller.send("Message", Events.describe(e));
      }
    }
  }

  @HubEndpoint("/probe/throw-on-connect")
  static class ThrowOnConnectHub extends Hub<ClientProxy> {
    @Override
    protected void onConnected() {
      Events.add(context().connectionId(), "connected");
      if ("1".equals(context().request().parameter("hub"))) {
        throw new HubException("no entry");
      }
      throw new InvalidOperationException("no entry");
    }

    @Override
    protected void onDisconnected(@Nullable Throwable failure) {
      Events.add(context().connectionId(), "disconnected " + Events.describe(failure));
    }
  }

  /** Cannot be served: clients could not tell its methods apart. */
  static class OverloadHub extends Hub<ClientProxy> {
    public void same(int number) {}

    public void same(String text) {}
  }

  /** Cannot be served: nobody says what it takes. */
  static class GenericHub extends Hub<ClientProxy> {
    @io.sharedredis.hub.HubName("Generic")
    public <T> void generic(T anything) {}
  }
}
