package io.sharedredis.lettuce.backplane;

import io.sharedredis.lettuce.backplane.BackplaneMessage.Ack;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ClientResult;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMessage.GroupCommand;
import io.sharedredis.lettuce.backplane.BackplaneMessage.ReturnAddress;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Stamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The payloads of ASP.NET Core's Redis backplane, byte for byte. Writes what .NET writes; reads
 * what .NET reads and a little more (nil for an empty exclusion list). Surplus items are ignored.
 *
 * <p>Three items of a delivery are our own, where .NET sees surplus: {@code [excluded, {protocol:
 * frame}, invocation id, return channel, offset, epoch, publisher, number, previous number]}.
 * Offset and epoch belong to reliable channels and are nil in plain messages.
 */
final class BackplaneCodec {

  /** Ways in which one message is written at most; there are two, and some of applications. */
  private static final int PROTOCOLS = 64;

  /** Items up to the position: excluded, frames, invocation id, return channel, offset, epoch. */
  private static final int ITEMS_BEFORE_STAMP = 6;

  /** Publisher, number, previous number. */
  private static final int STAMP_ITEMS = 3;

  /** Unit: bytes. More than the envelope around names and frames needs, so buffers rarely grow. */
  private static final int ENVELOPE = 96;

  private BackplaneCodec() {}

  static byte[] encode(Delivery delivery) {
    PayloadWriter out = new PayloadWriter(size(delivery.excluded(), delivery.framed()));
    Stamp stamp = delivery.stamp();
    ReturnAddress wanted = delivery.wanted();
    int items = stamp != null ? ITEMS_BEFORE_STAMP + STAMP_ITEMS : wanted != null ? 4 : 2;
    out.array(items);
    writeAddressed(out, delivery.excluded(), delivery.framed());
    if (items > 2) {
      writeString(out, wanted == null ? null : wanted.invocationId());
      writeString(out, wanted == null ? null : wanted.channel());
    }
    if (stamp != null) {
      out.nil().nil();
      writeStamp(out, stamp);
    }
    return out.toBytes();
  }

  private static int size(Collection<String> excluded, Map<String, byte[]> framed) {
    int size = ENVELOPE + excluded.size() * 28;
    for (Map.Entry<String, byte[]> frame : framed.entrySet()) {
      size += frame.getKey().length() + frame.getValue().length + 8;
    }
    return size;
  }

  private static void writeAddressed(
      PayloadWriter out, Collection<String> excluded, Map<String, byte[]> framed) {
    out.array(excluded.size());
    for (String id : excluded) {
      out.string(id);
    }
    out.map(framed.size());
    for (Map.Entry<String, byte[]> frame : framed.entrySet()) {
      out.string(frame.getKey()).binary(frame.getValue());
    }
  }

  private static void writeStamp(PayloadWriter out, Stamp stamp) {
    out.integer(stamp.publisher()).integer(stamp.number()).integer(stamp.previous());
  }

  private static void writeString(PayloadWriter out, @Nullable String value) {
    if (value == null) {
      out.nil();
    } else {
      out.string(value);
    }
  }

  /** A reliable message up to where its position goes, which Redis alone knows. */
  static byte[] beforePosition(Collection<String> excluded, Map<String, byte[]> framed) {
    PayloadWriter out = new PayloadWriter(size(excluded, framed));
    out.array(ITEMS_BEFORE_STAMP + STAMP_ITEMS);
    writeAddressed(out, excluded, framed);
    return out.nil().nil().toBytes();
  }

  /** What follows the position of a reliable message. */
  static byte[] afterPosition(Stamp stamp) {
    PayloadWriter out = new PayloadWriter(32);
    writeStamp(out, stamp);
    return out.toBytes();
  }

  /** The position itself, as the script writes it. */
  static byte[] position(Position position) {
    return new PayloadWriter(20).integer(position.offset()).integer(position.epoch()).toBytes();
  }

  static byte[] encode(GroupCommand command) {
    return new PayloadWriter(ENVELOPE + 64)
        .array(5)
        .integer(command.id())
        .string(command.server())
        .integer(command.action())
        .string(command.group())
        .string(command.connectionId())
        .toBytes();
  }

  static byte[] encode(Ack ack) {
    return new PayloadWriter(16).array(1).integer(ack.id()).toBytes();
  }

  static byte[] encode(ClientResult result) {
    return new PayloadWriter(ENVELOPE + result.framed().length)
        .array(2)
        .string(result.protocol())
        .binary(result.framed())
        .toBytes();
  }

  static Delivery delivery(byte[] payload) {
    PayloadReader in = new PayloadReader(payload);
    int items = in.array(2, "Invocation");
    List<String> excluded = excluded(in);
    Map<String, byte[]> framed = frames(in);
    String invocationId = items > 2 ? in.stringOrNull() : null;
    String channel = items > 3 ? in.stringOrNull() : null;
    boolean stamped = items >= ITEMS_BEFORE_STAMP + STAMP_ITEMS;
    Position position = stamped ? position(in) : null;
    Stamp stamp = stamped ? stamp(in) : null;
    // Without a stamp somebody else means something else by offset and epoch.
    return new Delivery(
        excluded, framed, wanted(invocationId, channel), stamp, stamp == null ? null : position);
  }

  private static @Nullable ReturnAddress wanted(
      @Nullable String invocationId, @Nullable String channel) {
    if (invocationId == null || invocationId.isEmpty() || channel == null || channel.isEmpty()) {
      return null;
    }
    return new ReturnAddress(invocationId, channel);
  }

  private static List<String> excluded(PayloadReader in) {
    if (in.nil()) {
      return List.of();
    }
    int count = in.array(0, "Excluded");
    List<String> ids = new ArrayList<>(Math.min(count, 64));
    for (int i = 0; i < count; i++) {
      String id = in.string();
      // Nobody has an empty id; a list of millions of them is not worth its memory.
      if (!id.isEmpty()) {
        ids.add(id);
      }
    }
    return ids;
  }

  private static Map<String, byte[]> frames(PayloadReader in) {
    int count = in.map();
    if (count > PROTOCOLS) {
      throw new MalformedMessageException("It is written in " + count + " protocols.");
    }
    Map<String, byte[]> frames = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String protocol = in.string();
      byte[] frame = in.binaryOrNull();
      if (frame != null) {
        frames.put(protocol, frame);
      }
    }
    return frames;
  }

  /** Takes two items, offset and epoch; both count or none. */
  private static @Nullable Position position(PayloadReader in) {
    if (!in.atInteger()) {
      in.skip(2);
      return null;
    }
    long offset = in.int64();
    if (!in.atInteger()) {
      in.skip(1);
      return null;
    }
    long epoch = in.int64();
    return offset > 0 && epoch > 0 ? new Position(epoch, offset) : null;
  }

  /** Whoever else appends items there means something else by them: no stamp then. */
  private static @Nullable Stamp stamp(PayloadReader in) {
    if (!in.atInteger()) {
      return null;
    }
    long publisher = in.int64();
    if (!in.atInteger()) {
      return null;
    }
    long number = in.int64();
    return in.atInteger() ? new Stamp(publisher, number, in.int64()) : null;
  }

  static GroupCommand groupCommand(byte[] payload) {
    PayloadReader in = new PayloadReader(payload);
    in.array(5, "GroupCommand");
    int id = in.int32();
    String server = in.string();
    int action = in.int32();
    if (action < 0 || action > 255) {
      throw new MalformedMessageException("The action of a group command is not a byte.");
    }
    String group = in.string();
    String connection = in.stringOrNull();
    if (connection == null) {
      throw new MalformedMessageException("A group command names no connection.");
    }
    return new GroupCommand(id, server, action, group, connection);
  }

  static Ack ack(byte[] payload) {
    PayloadReader in = new PayloadReader(payload);
    in.array(1, "Ack");
    return new Ack(in.int32());
  }

  static ClientResult clientResult(byte[] payload) {
    PayloadReader in = new PayloadReader(payload);
    in.array(2, "CompletionMessage");
    String protocol = in.string();
    byte[] frame = in.binaryOrNull();
    if (frame == null) {
      throw new MalformedMessageException("A client result holds no message.");
    }
    return new ClientResult(protocol, frame);
  }
}
