package io.sharedredis.lettuce.messaging;

import io.sharedredis.lettuce.messaging.ConnectedSession.Subscription;
import io.sharedredis.lettuce.messaging.UserNews.Alive;
import io.sharedredis.lettuce.messaging.UserNews.Ask;
import io.sharedredis.lettuce.messaging.UserNews.Gone;
import io.sharedredis.lettuce.messaging.UserNews.Sessions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** News of users as MessagePack: {@code [format, publisher, kind, …]}, exactly these items. */
final class UserNewsCodec {

  private static final int ALIVE = 1;
  private static final int SESSIONS = 2;
  private static final int GONE = 3;
  private static final int ASK = 4;

  /** More parts than any replica has. What they hold is bounded by {@link RemoteSessions}. */
  static final int MOST_PARTS = 4096;

  private UserNewsCodec() {}

  static byte[] encode(long publisher, UserNews news) {
    try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
      if (news instanceof Alive alive) {
        BrokerMessageCodec.head(out, 4, publisher);
        out.packInt(ALIVE).packLong(alive.number());
      } else if (news instanceof Sessions told) {
        BrokerMessageCodec.head(out, 7, publisher);
        out.packInt(SESSIONS).packLong(told.number()).packInt(told.part()).packInt(told.parts());
        out.packArrayHeader(told.sessions().size());
        for (ConnectedSession session : told.sessions()) {
          write(out, session);
        }
      } else if (news instanceof Gone) {
        BrokerMessageCodec.head(out, 3, publisher);
        out.packInt(GONE);
      } else if (news instanceof Ask ask) {
        BrokerMessageCodec.head(out, 4, publisher);
        out.packInt(ASK).packBinaryHeader(WireReader.PUBLISHER_BYTES);
        out.writePayload(ByteBuffer.allocate(WireReader.PUBLISHER_BYTES).putLong(ask.of()).array());
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  private static void write(MessageBufferPacker out, ConnectedSession session) throws IOException {
    out.packArrayHeader(3).packString(session.user()).packString(session.id());
    out.packArrayHeader(session.subscriptions().size());
    for (Subscription subscription : session.subscriptions()) {
      out.packArrayHeader(2).packString(subscription.id()).packString(subscription.destination());
    }
  }

  /** Bytes that a session may take on the wire, counted generously. */
  static int size(ConnectedSession session) {
    int size = 32 + 3 * (session.user().length() + session.id().length());
    for (Subscription subscription : session.subscriptions()) {
      size += size(subscription);
    }
    return size;
  }

  /** As above, of one subscription. */
  static int size(Subscription subscription) {
    return 16 + 3 * (subscription.id().length() + subscription.destination().length());
  }

  /** News and who tells them. */
  record Told(long publisher, UserNews news) {}

  /** Reads news; {@link UnreadableException} says what is wrong with them. */
  static Told decode(byte[] payload) {
    return WireReader.read(
        payload,
        in -> {
          int items = in.head();
          long publisher = in.publisher();
          if (items < 1) {
            throw new UnreadableException("It has no kind.");
          }
          return new Told(publisher, body(in, in.count(), items - 1));
        });
  }

  private static UserNews body(WireReader in, int kind, int items) throws IOException {
    if (kind == ALIVE && items == 1) {
      return new Alive(in.number());
    }
    if (kind == SESSIONS && items == 4) {
      long number = in.number();
      int part = in.count();
      int parts = in.count();
      if (part >= parts || parts > MOST_PARTS) {
        throw new UnreadableException("It is no part of the sessions.");
      }
      return new Sessions(number, part, parts, sessions(in));
    }
    if (kind == GONE && items == 0) {
      return new Gone();
    }
    if (kind == ASK && items == 1) {
      return new Ask(in.publisher());
    }
    throw new UnreadableException("It is of an unknown kind, or has not its items.");
  }

  private static List<ConnectedSession> sessions(WireReader in) throws IOException {
    int count = in.array();
    List<ConnectedSession> sessions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      in.array(3);
      String user = in.text();
      String id = in.text();
      int subscribed = in.array();
      List<Subscription> subscriptions = new ArrayList<>();
      for (int j = 0; j < subscribed; j++) {
        in.array(2);
        subscriptions.add(new Subscription(in.text(), in.text()));
      }
      sessions.add(new ConnectedSession(user, id, subscriptions));
    }
    return sessions;
  }
}
