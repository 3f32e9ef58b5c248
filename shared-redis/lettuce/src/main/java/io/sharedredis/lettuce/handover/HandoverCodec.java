package io.sharedredis.lettuce.handover;

import io.sharedredis.hub.server.MovedConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * Offers and moved connections as MessagePack arrays; readers ignore surplus items. What comes in
 * was sealed by a replica of this farm.
 */
public final class HandoverCodec {

  /** Changes when a reader of today could misunderstand. */
  private static final int FORMAT = 1;

  private HandoverCodec() {}

  /** Whether a connection's items can be taken along. */
  public static boolean portable(Map<Object, Object> items) {
    return items.entrySet().stream()
        .allMatch(item -> ItemValues.plain(item.getKey()) && ItemValues.plain(item.getValue()));
  }

  public static byte[] encode(Offer offer) {
    try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
      out.packArrayHeader(5).packInt(FORMAT).packString(offer.id()).packString(offer.protocol());
      if (offer.userId() == null) {
        out.packNil();
      } else {
        out.packString(offer.userId());
      }
      out.packArrayHeader(offer.groups().size());
      for (String group : offer.groups()) {
        out.packString(group);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  /** Null when it is of another format. */
  public static @Nullable Offer offer(byte[] bytes) {
    try (MessageUnpacker in = MessagePack.newDefaultUnpacker(bytes)) {
      if (in.unpackArrayHeader() < 5 || in.unpackInt() != FORMAT) {
        return null;
      }
      String id = in.unpackString();
      String protocol = in.unpackString();
      String user = in.tryUnpackNil() ? null : in.unpackString();
      Set<String> groups = new LinkedHashSet<>();
      for (int left = in.unpackArrayHeader(); left > 0; left--) {
        groups.add(in.unpackString());
      }
      return new Offer(id, protocol, user, groups);
    } catch (IOException | MessagePackException e) {
      return null;
    }
  }

  /**
   * @throws IllegalArgumentException naming the item that cannot be taken along
   */
  public static byte[] encode(MovedConnection moved) {
    try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
      boolean placed = moved.places().length > 0;
      out.packArrayHeader(placed ? 8 : 7).packInt(FORMAT).packLong(moved.firstKept());
      frames(out, moved.kept());
      frames(out, moved.waiting());
      out.packLong(moved.nextReceived()).packLong(moved.latestReceived());
      out.packMapHeader(moved.items().size());
      for (Map.Entry<Object, Object> item : moved.items().entrySet()) {
        ItemValues.write(out, item.getKey());
        ItemValues.write(out, item.getValue());
      }
      if (placed) {
        frame(out, moved.places());
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  private static void frames(MessageBufferPacker out, Collection<byte[]> frames)
      throws IOException {
    out.packArrayHeader(frames.size());
    for (byte[] frame : frames) {
      frame(out, frame);
    }
  }

  private static void frame(MessageBufferPacker out, byte[] frame) throws IOException {
    out.packBinaryHeader(frame.length).writePayload(frame);
  }

  /** Null when it is of another format. */
  public static @Nullable MovedConnection moved(byte[] bytes) {
    try (MessageUnpacker in = MessagePack.newDefaultUnpacker(bytes)) {
      int given = in.unpackArrayHeader();
      if (given < 7 || in.unpackInt() != FORMAT) {
        return null;
      }
      long firstKept = in.unpackLong();
      List<byte[]> kept = frames(in);
      List<byte[]> waiting = frames(in);
      long next = in.unpackLong();
      long latest = in.unpackLong();
      Map<Object, Object> items = new HashMap<>();
      for (int left = in.unpackMapHeader(); left > 0; left--) {
        items.put(ItemValues.read(in), ItemValues.read(in));
      }
      byte[] places = given > 7 ? in.readPayload(in.unpackBinaryHeader()) : new byte[0];
      return new MovedConnection(firstKept, kept, waiting, next, latest, items, places);
    } catch (IOException | MessagePackException | IllegalArgumentException e) {
      return null;
    }
  }

  private static List<byte[]> frames(MessageUnpacker in) throws IOException {
    List<byte[]> frames = new ArrayList<>();
    for (int left = in.unpackArrayHeader(); left > 0; left--) {
      frames.add(in.readPayload(in.unpackBinaryHeader()));
    }
    return frames;
  }
}
