package io.sharedredis.hub.server;

import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.lifetime.ResumeWish;
import io.sharedredis.hub.protocol.Handshake;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.ProtocolException;
import org.jspecify.annotations.Nullable;

/** Why a handshake is refused, in the model's texts. */
final class HandshakeRefusal {
  private HandshakeRefusal() {}

  /** Null when there is no reason. */
  static @Nullable String of(
      Handshake asked, @Nullable HubProtocol protocol, HubTransport transport) {
    if (protocol == null) {
      return "The protocol '" + asked.protocol() + "' is not supported.";
    }
    if (asked.version() > HubProtocol.VERSION) {
      return "The server does not support version "
          + asked.version()
          + " of the '"
          + asked.protocol()
          + "' protocol.";
    }
    if (protocol.binary() && !transport.supportsBinary()) {
      return "Cannot use the '"
          + protocol.name()
          + "' protocol on the current transport. The transport does not support 'Binary' transfer"
          + " format.";
    }
    return null;
  }

  /** As the other, for what the client's URL asks for. */
  static @Nullable String ofWish(HubRequest request) {
    try {
      ResumeWish unused = ResumeWish.of(request);
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  static String malformed(ProtocolException failure, HubOptions options) {
    String message = failure.getMessage();
    if (message != null && message.startsWith("The maximum message size")) {
      return "Handshake was canceled.";
    }
    return ErrorTexts.withDetail(
        "An unexpected error occurred during connection handshake.",
        failure,
        options.detailedErrors());
  }
}
