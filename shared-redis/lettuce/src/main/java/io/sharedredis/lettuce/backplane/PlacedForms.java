package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.PayloadException;
import io.sharedredis.hub.protocol.ProtocolException;
import io.sharedredis.hub.protocol.SerializedHubMessage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One reliable message as clients take it: as it came, or with its place as one more argument for
 * those that asked, written once for each protocol. Thread-safe.
 */
final class PlacedForms {

  private final Map<String, byte[]> framed;
  private final SerializedHubMessage plain;
  private final Position position;
  private final String channel;
  private final Map<String, SerializedHubMessage> placed = new ConcurrentHashMap<>(2);

  /**
   * @param framed whole frames by protocol name
   * @param channel its name, of which clients learn a digest: only what belongs to one channel can
   *     be compared
   */
  PlacedForms(Map<String, byte[]> framed, Position position, String channel) {
    this.framed = framed;
    this.plain = SerializedHubMessage.ofBytes(framed);
    this.position = position;
    this.channel = channel;
  }

  SerializedHubMessage of(HubProtocol protocol, boolean withPlace) {
    byte[] frames = framed.get(protocol.name());
    return !withPlace || frames == null
        ? plain
        : placed.computeIfAbsent(protocol.name(), name -> placed(protocol, frames));
  }

  /** What cannot be taken apart is no call, or nothing at all, and goes as it came. */
  private SerializedHubMessage placed(HubProtocol protocol, byte[] frames) {
    try {
      return SerializedHubMessage.ofBytes(Map.of(protocol.name(), withPlace(protocol, frames)));
    } catch (ProtocolException | PayloadException e) {
      return plain;
    }
  }

  private byte[] withPlace(HubProtocol protocol, byte[] frames) {
    Map<String, Object> place = new LinkedHashMap<>();
    place.put("offset", position.offset());
    place.put("epoch", position.epoch());
    place.put("channel", PlaceKey.channel(channel));
    ByteArrayOutputStream out = new ByteArrayOutputStream(frames.length + 64);
    ByteBuffer input = ByteBuffer.wrap(frames);
    for (byte[] frame = protocol.nextFrame(input, frames.length);
        frame != null;
        frame = protocol.nextFrame(input, frames.length)) {
      HubMessage message = protocol.read(frame);
      if (message instanceof Invocation call) {
        List<@Nullable Object> arguments = new ArrayList<>(call.arguments());
        arguments.add(place);
        message =
            new Invocation(
                call.headers(), call.invocationId(), call.target(), arguments, call.streamIds());
      }
      if (message != null) {
        out.writeBytes(protocol.write(message));
      }
    }
    return out.toByteArray();
  }
}
