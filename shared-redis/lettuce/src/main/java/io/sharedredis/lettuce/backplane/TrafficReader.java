package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubMessage.StreamItem;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.hub.protocol.Payload;
import io.sharedredis.hub.protocol.PayloadMappers;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ClientResult;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMessage.GroupCommand;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import io.sharedredis.lettuce.backplane.TrafficContent.Call;
import io.sharedredis.lettuce.relay.RelaySighting;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says what payloads on a hub's channels mean. Whatever they hold, the answer is a content, never
 * an exception. Thread-safe.
 */
final class TrafficReader {

  /** Where a channel name of a relay goes on with the name of a replica in braces. */
  private static final String RELAY = ":hub:relay:";

  private final Channels channels;
  private final JsonMapper json = PayloadMappers.json();
  private final List<HubProtocol> protocols =
      List.of(new JsonHubProtocol(json), new MessagePackHubProtocol());

  TrafficReader(String hub) {
    this.channels = new Channels(hub);
  }

  /**
   * @param channel without the channel prefix
   */
  TrafficContent read(String channel, byte[] payload) {
    String kind = kind(channel);
    if (payload.length > HubTraffic.MAX_BYTES) {
      return new TrafficContent.Unusable(kind, "It is longer than replicas take.");
    }
    try {
      return content(kind, channel, payload);
    } catch (MalformedMessageException e) {
      return new TrafficContent.Unusable(kind, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // What other libraries say may quote the payload.
      return new TrafficContent.Unusable(
          kind, "It could not be read (" + e.getClass().getSimpleName() + ").");
    }
  }

  private String kind(String channel) {
    if (channel.startsWith(Peers.CHANNELS)) {
      return "peers";
    }
    if (channel.startsWith("shared-redis:") && channel.contains(RELAY)) {
      return "relay";
    }
    String kind = channels.kind(channel);
    return kind == null ? "unknown" : kind;
  }

  private TrafficContent content(String kind, String channel, byte[] payload) {
    return switch (kind) {
      case "all", "group", "user", "connection" -> delivered(kind, rest(channel, kind), payload);
      case "internal:groups" -> groupChange(BackplaneCodec.groupCommand(payload));
      case "internal:ack" ->
          new TrafficContent.Acknowledged(BackplaneCodec.ack(payload).id(), rest(channel, kind));
      case "internal:return" -> answered(rest(channel, kind), BackplaneCodec.clientResult(payload));
      case "peers" -> Peers.announced(payload);
      case "relay" -> relayed(channel, payload);
      default -> new TrafficContent.Unusable(kind, "No hub has such a channel.");
    };
  }

  /** What a channel's name holds behind its kind. */
  private String rest(String channel, String kind) {
    int begin = channels.hub().length() + kind.length() + 2;
    return begin <= channel.length() ? channel.substring(begin) : "";
  }

  private TrafficContent delivered(String audience, String name, byte[] payload) {
    Delivery delivery = BackplaneCodec.delivery(payload);
    Stamp stamp = delivery.stamp();
    return new TrafficContent.Delivered(
        audience,
        name,
        List.copyOf(delivery.excluded()),
        List.copyOf(delivery.framed().keySet()),
        calls(delivery.framed()),
        delivery.wanted() == null ? null : delivery.wanted().channel(),
        stamp == null ? null : Long.toHexString(stamp.publisher()),
        delivery.position() == null ? null : delivery.position().toString());
  }

  private List<Call> calls(Map<String, byte[]> framed) {
    for (HubProtocol protocol : protocols) {
      byte[] frames = framed.get(protocol.name());
      if (frames != null) {
        return read(protocol, frames).stream().map(this::call).toList();
      }
    }
    throw new MalformedMessageException("It speaks neither json nor messagepack.");
  }

  private static List<HubMessage> read(HubProtocol protocol, byte[] frames) {
    List<HubMessage> messages = new ArrayList<>();
    ByteBuffer input = ByteBuffer.wrap(frames);
    for (byte[] frame = protocol.nextFrame(input, frames.length);
        frame != null;
        frame = protocol.nextFrame(input, frames.length)) {
      HubMessage message = protocol.read(frame);
      if (message != null) {
        messages.add(message);
      }
    }
    if (messages.isEmpty() || input.hasRemaining()) {
      throw new MalformedMessageException("Its " + protocol.name() + " is no whole message.");
    }
    return messages;
  }

  private Call call(HubMessage message) {
    String type =
        message
            .getClass()
            .getSimpleName()
            .replaceAll("(?<=.)(?=[A-Z])", "-")
            .toLowerCase(Locale.ROOT);
    if (message instanceof Invocation call) {
      return new Call(type, call.target(), call.invocationId(), text(call.arguments()));
    }
    if (message instanceof Completion completion) {
      return new Call(
          type,
          "",
          completion.invocationId(),
          completion.hasResult() ? text(result(completion)) : "[]");
    }
    if (message instanceof StreamItem item) {
      List<@Nullable Object> items = new ArrayList<>();
      items.add(item.item());
      return new Call(type, "", item.invocationId(), text(items));
    }
    return new Call(type, "", null, "[]");
  }

  private static List<@Nullable Object> result(Completion completion) {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(completion.result());
    return values;
  }

  /** On one line, whatever the protocol and the spacing it came in. */
  private String text(List<? extends @Nullable Object> values) {
    List<@Nullable Object> plain = new ArrayList<>();
    for (Object value : values) {
      plain.add(value instanceof Payload payload ? payload.read(Object.class) : value);
    }
    return json.writeValueAsString(plain);
  }

  private static TrafficContent groupChange(GroupCommand command) {
    String action =
        switch (command.action()) {
          case GroupCommand.ADD -> "add";
          case GroupCommand.REMOVE -> "remove";
          default -> Integer.toString(command.action());
        };
    return new TrafficContent.GroupChange(
        command.id(), command.server(), action, command.group(), command.connectionId());
  }

  private TrafficContent answered(String server, ClientResult result) {
    HubProtocol protocol =
        protocols.stream()
            .filter(one -> one.name().equals(result.protocol()))
            .findFirst()
            .orElseThrow(
                () -> new MalformedMessageException("It speaks neither json nor messagepack."));
    List<HubMessage> messages = read(protocol, result.framed());
    if (!(messages.get(0) instanceof Completion completion)) {
      throw new MalformedMessageException("It holds no whole Completion.");
    }
    return new TrafficContent.Answered(
        server,
        protocol.name(),
        completion.invocationId(),
        completion.error(),
        completion.hasResult() ? onlyValue(text(result(completion))) : null);
  }

  private static String onlyValue(String array) {
    return array.substring(1, array.length() - 1);
  }

  private static TrafficContent relayed(String channel, byte[] payload) {
    int brace = channel.lastIndexOf('{');
    String to = channel.substring(brace + 1, Math.max(brace + 1, channel.length() - 1));
    RelaySighting sighting =
        channel.contains(RELAY + "cut:") ? RelaySighting.ofCut(payload) : RelaySighting.of(payload);
    return sighting == null
        ? new TrafficContent.Unusable("relay", "It is no message of a relay.")
        : new TrafficContent.Relayed(
            sighting.kind(), sighting.from(), to, sighting.exchange(), sighting.what());
  }
}
