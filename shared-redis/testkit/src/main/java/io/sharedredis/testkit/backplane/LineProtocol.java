package io.sharedredis.testkit.backplane;

import io.sharedredis.hub.protocol.HubMessage;
import io.sharedredis.hub.protocol.HubMessage.Completion;
import io.sharedredis.hub.protocol.HubMessage.Invocation;
import io.sharedredis.hub.protocol.HubProtocol;
import io.sharedredis.hub.protocol.Payload;
import io.sharedredis.hub.protocol.PayloadException;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A hub protocol made for tests: a line of fields for each message, text values only. It lets tests
 * of what lies around protocols tell one protocol from another without the real ones.
 *
 * @param name under which it stands beside other protocols
 */
public record LineProtocol(String name) implements HubProtocol {

  private static final String NONE = "\u0000";

  @Override
  public boolean binary() {
    return false;
  }

  @Override
  public byte[] write(HubMessage message) {
    List<String> fields = new ArrayList<>();
    if (message instanceof Invocation call) {
      fields.add("call");
      fields.add(text(call.invocationId()));
      fields.add(call.target());
      call.arguments().forEach(argument -> fields.add(text(argument)));
    } else if (message instanceof Completion completion) {
      fields.add("completion");
      fields.add(completion.invocationId());
      fields.add(text(completion.error()));
      fields.add(completion.hasResult() ? text(completion.result()) : NONE);
    } else {
      throw new IllegalArgumentException("no line for " + message);
    }
    return (String.join("\t", fields) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String text(@Nullable Object value) {
    if (value instanceof Payload payload) {
      return new String(payload.bytes(), StandardCharsets.UTF_8);
    }
    return value == null ? NONE : value.toString();
  }

  @Override
  public byte @Nullable [] nextFrame(ByteBuffer input, int maxBytes) {
    for (int i = input.position(); i < input.limit(); i++) {
      if (input.get(i) == '\n') {
        byte[] frame = new byte[i - input.position()];
        input.get(frame);
        input.get();
        return frame;
      }
    }
    return null;
  }

  @Override
  public @Nullable HubMessage read(byte[] frame) {
    String[] fields = new String(frame, StandardCharsets.UTF_8).split("\t", -1);
    return switch (fields[0]) {
      case "call" -> {
        List<Payload> arguments = new ArrayList<>();
        for (int i = 3; i < fields.length; i++) {
          arguments.add(new Text(fields[i], name));
        }
        yield Invocation.of(
            fields[1].equals(NONE) ? null : fields[1], fields[2], List.copyOf(arguments));
      }
      case "completion" -> {
        if (!fields[2].equals(NONE)) {
          yield Completion.ofError(fields[1], fields[2]);
        }
        yield fields[3].equals(NONE)
            ? Completion.ofNothing(fields[1])
            : Completion.ofResult(fields[1], new Text(fields[3], name));
      }
      default -> null;
    };
  }

  private record Text(String text, String protocol) implements Payload {

    @Override
    public Object read(Type type) {
      try {
        return type == Integer.class || type == int.class ? Integer.valueOf(text) : text;
      } catch (NumberFormatException e) {
        throw new PayloadException("not a number", e);
      }
    }

    @Override
    public byte[] bytes() {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }
}
