package io.sharedredis.lettuce.relay;

import io.sharedredis.lettuce.relay.RelayMessage.Ask;
import io.sharedredis.lettuce.relay.RelayMessage.Cancel;
import io.sharedredis.lettuce.relay.RelayMessage.Hurry;
import io.sharedredis.lettuce.relay.RelayMessage.More;
import io.sharedredis.lettuce.relay.RelayMessage.Ready;
import io.sharedredis.lettuce.relay.RelayMessage.Reply;
import io.sharedredis.lettuce.relay.RelayMessage.Rest;
import io.sharedredis.lettuce.relay.RelayMessage.Took;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * What replicas say, to be signed, as MessagePack: {@code [serial, from, session, number, heard
 * session, heard, kind, …]}. Surplus items are ignored.
 */
final class RelayCodec {

  private static final int ENVELOPE_ITEMS = 6;

  /** Of an ask before it carried a proof. */
  private static final int ASK_ITEMS = 9;

  /** Longest name of a replica believed, in characters: real ones end with 33 after a host's. */
  private static final int LONGEST_NAME = 400;

  private static final int ASK = 1;
  private static final int MORE = 2;
  private static final int READY = 3;
  private static final int REPLY = 4;
  private static final int REST = 5;
  private static final int CANCEL = 6;
  private static final int TOOK = 7;
  private static final int HURRY = 8;

  private RelayCodec() {}

  static byte[] encode(Envelope envelope) {
    try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
      RelayMessage message = envelope.message();
      out.packArrayHeader(ENVELOPE_ITEMS + (message == null ? 0 : items(message)));
      out.packLong(envelope.serial()).packString(envelope.from());
      out.packLong(envelope.session()).packLong(envelope.number());
      out.packLong(envelope.heardSession()).packLong(envelope.heard());
      if (message != null) {
        write(out, message);
      }
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  private static int items(RelayMessage message) {
    if (message instanceof Ask ask) {
      return ask.request().proof() == null ? ASK_ITEMS : ASK_ITEMS + 1;
    }
    if (message instanceof Reply) {
      return 7;
    }
    return message instanceof More || message instanceof Rest ? 4 : 2;
  }

  private static void write(MessageBufferPacker out, RelayMessage message) throws IOException {
    if (message instanceof Ask ask) {
      RelayRequest request = ask.request();
      out.packInt(ASK).packLong(ask.exchange()).packInt(request.kind().number());
      out.packString(request.connectionId()).packInt(request.version());
      out.packString(request.hubPath());
      writeText(out, request.user());
      writePiece(out, ask.piece(), ask.last());
      TokenProof proof = request.proof();
      if (proof != null) {
        byte[] bytes = proof.bytes();
        out.packBinaryHeader(bytes.length).addPayload(bytes);
      }
    } else if (message instanceof More more) {
      out.packInt(MORE).packLong(more.exchange());
      writePiece(out, more.piece(), more.last());
    } else if (message instanceof Ready ready) {
      out.packInt(READY).packLong(ready.exchange());
    } else if (message instanceof Reply reply) {
      out.packInt(REPLY).packLong(reply.exchange()).packInt(reply.status());
      writeText(out, reply.type());
      out.packInt(reply.length());
      writePiece(out, reply.piece(), reply.last());
    } else if (message instanceof Rest rest) {
      out.packInt(REST).packLong(rest.exchange());
      writePiece(out, rest.piece(), rest.last());
    } else if (message instanceof Cancel cancel) {
      out.packInt(CANCEL).packLong(cancel.exchange());
    } else if (message instanceof Took took) {
      out.packInt(TOOK).packLong(took.exchange());
    } else if (message instanceof Hurry hurry) {
      out.packInt(HURRY).packLong(hurry.exchange());
    }
  }

  private static void writeText(MessageBufferPacker out, @Nullable String text) throws IOException {
    if (text == null) {
      out.packNil();
    } else {
      out.packString(text);
    }
  }

  private static void writePiece(MessageBufferPacker out, byte[] piece, boolean last)
      throws IOException {
    out.packBinaryHeader(piece.length);
    out.addPayload(piece);
    out.packBoolean(last);
  }

  /** What a payload says, whoever has signed it; null when it is nothing of ours. */
  static @Nullable Envelope peek(byte[] payload) {
    SignedPayload signed = SignedPayload.decode(payload);
    return signed == null ? null : decode(signed.body());
  }

  /** What the body of a payload says; null when it is nothing of ours. */
  static @Nullable Envelope decode(byte[] payload) {
    try (MessageUnpacker in = MessagePack.newDefaultUnpacker(payload)) {
      int items = in.unpackArrayHeader();
      if (items < ENVELOPE_ITEMS) {
        return null;
      }
      long serial = in.unpackLong();
      String from = text(in, payload);
      long session = in.unpackLong();
      long number = in.unpackLong();
      long heardSession = in.unpackLong();
      long heard = in.unpackLong();
      if (from == null || from.length() > LONGEST_NAME) {
        return null;
      }
      RelayMessage message =
          items > ENVELOPE_ITEMS
              ? message(in, payload, items, in.unpackInt(), in.unpackLong())
              : null;
      return (number > 0) == (message != null)
          ? new Envelope(serial, from, session, number, heardSession, heard, message)
          : null;
    } catch (MessagePackException | IOException e) {
      return null;
    }
  }

  private static @Nullable RelayMessage message(
      MessageUnpacker in, byte[] payload, int items, int kind, long exchange) throws IOException {
    return switch (kind) {
      case ASK -> ask(in, payload, items > ENVELOPE_ITEMS + ASK_ITEMS, exchange);
      case MORE -> new More(exchange, piece(in, payload), in.unpackBoolean());
      case READY -> new Ready(exchange);
      case REPLY ->
          new Reply(
              exchange,
              in.unpackInt(),
              text(in, payload),
              in.unpackInt(),
              piece(in, payload),
              in.unpackBoolean());
      case REST -> new Rest(exchange, piece(in, payload), in.unpackBoolean());
      case CANCEL -> new Cancel(exchange);
      case TOOK -> new Took(exchange);
      case HURRY -> new Hurry(exchange);
      default -> null;
    };
  }

  private static @Nullable Ask ask(
      MessageUnpacker in, byte[] payload, boolean proven, long exchange) throws IOException {
    RelayKind kind = RelayKind.of(in.unpackInt());
    String connectionId = text(in, payload);
    int version = in.unpackInt();
    String hubPath = text(in, payload);
    String user = text(in, payload);
    byte[] piece = piece(in, payload);
    boolean last = in.unpackBoolean();
    TokenProof proof = proven ? TokenProof.received(piece(in, payload)) : null;
    return kind == null || connectionId == null || hubPath == null
        ? null
        : new Ask(
            exchange,
            new RelayRequest(kind, connectionId, version, hubPath, user, proof),
            piece,
            last);
  }

  private static @Nullable String text(MessageUnpacker in, byte[] payload) throws IOException {
    return in.tryUnpackNil()
        ? null
        : new String(
            in.readPayload(within(in.unpackRawStringHeader(), payload)), StandardCharsets.UTF_8);
  }

  private static byte[] piece(MessageUnpacker in, byte[] payload) throws IOException {
    int length = within(in.unpackBinaryHeader(), payload);
    if (length > Relay.PIECE) {
      throw new MessagePackException("a piece is longer than pieces are");
    }
    return in.readPayload(length);
  }

  /**
   * A length is believed only as far as there are bytes, so that a forged one allocates nothing.
   */
  private static int within(int length, byte[] payload) {
    if (length > payload.length) {
      throw new MessagePackException("a length goes beyond the end of the payload");
    }
    return length;
  }
}
