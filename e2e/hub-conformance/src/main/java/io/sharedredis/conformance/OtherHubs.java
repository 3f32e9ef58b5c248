package io.sharedredis.conformance;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.ConnectionEndpoint;
import io.sharedredis.hub.ConnectionHandler;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.hub.RawConnection;
import java.security.Principal;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Hubs and handlers of a few lines. */
final class OtherHubs {
  private OtherHubs() {}

  /** Behind a bearer token. */
  @HubEndpoint({"/authorizedhub", "/authorizedhub2"})
  static class BearerHub extends Hub<ClientProxy> {
    public @Nullable String echo(@Nullable String message) {
      return message;
    }

    public @Nullable String getUserIdentifier() {
      return context().userId();
    }

    public @Nullable String currentUser() {
      Principal user = context().user();
      return user == null ? null : user.getName();
    }
  }

  /** Nobody provides one. */
  interface NotRegistered {}

  /** Cannot be made. */
  @HubEndpoint("/uncreatable")
  static class UncreatableHub extends Hub<ClientProxy> {
    private final NotRegistered missing;

    UncreatableHub(NotRegistered missing) {
      this.missing = missing;
    }

    public String echo(String message) {
      return message + missing;
    }
  }

  /** Bytes in, the same bytes out. */
  @ConnectionEndpoint("/echo")
  static class EchoHandler implements ConnectionHandler {
    @Override
    public void received(RawConnection connection, byte[] bytes) {
      CompletionStage<Void> unused = connection.send(bytes);
    }
  }
}
