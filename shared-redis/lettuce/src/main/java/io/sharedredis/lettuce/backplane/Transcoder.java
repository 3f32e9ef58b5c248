package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.Payload;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages of other servers in the protocols of this hub that those servers do not speak, so
 * that a server which publishes one protocol only reaches every client here. (.NET cuts such
 * clients off.) Thread-safe.
 */
final class Transcoder {

  private final List<HubProtocol> protocols;

  Transcoder(List<HubProtocol> protocols) {
    this.protocols = List.copyOf(protocols);
  }

  /** The frames as they came, with those that were missing added where one can be read. */
  Map<String, byte[]> complete(Map<String, byte[]> framed) {
    HubProtocol known = null;
    boolean missing = false;
    for (HubProtocol protocol : protocols) {
      if (framed.containsKey(protocol.name())) {
        known = protocol;
      } else {
        missing = true;
      }
    }
    if (known == null || !missing) {
      return framed;
    }
    List<Invocation> calls = read(known, framed.get(known.name()));
    if (calls.isEmpty()) {
      return framed;
    }
    Map<String, byte[]> all = new LinkedHashMap<>(framed);
    for (HubProtocol protocol : protocols) {
      if (!all.containsKey(protocol.name())) {
        all.put(protocol.name(), write(protocol, calls));
      }
    }
    return all;
  }

  private static List<Invocation> read(HubProtocol protocol, byte @Nullable [] bytes) {
    List<Invocation> calls = new ArrayList<>();
    if (bytes == null) {
      return calls;
    }
    ByteBuffer input = ByteBuffer.wrap(bytes);
    for (byte[] frame = protocol.nextFrame(input, bytes.length);
        frame != null;
        frame = protocol.nextFrame(input, bytes.length)) {
      HubMessage message = protocol.read(frame);
      if (message instanceof Invocation call) {
        calls.add(unbound(call));
      }
    }
    return calls;
  }

  /** Payloads belong to their protocol; plain values can be written in any. */
  private static Invocation unbound(Invocation call) {
    List<@Nullable Object> arguments = new ArrayList<>();
    for (Object argument : call.arguments()) {
      arguments.add(argument instanceof Payload payload ? payload.read(Object.class) : argument);
    }
    return new Invocation(
        call.headers(), call.invocationId(), call.target(), arguments, call.streamIds());
  }

  private static byte[] write(HubProtocol protocol, List<Invocation> calls) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    for (Invocation call : calls) {
      out.writeBytes(protocol.write(call));
    }
    return out.toByteArray();
  }
}
