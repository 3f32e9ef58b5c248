package io.sharedredis.lettuce.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * What goes over the wire: {@code [format, signature, pass or nil, body]} as MessagePack. Surplus
 * items are ignored.
 *
 * @param pass the sealed key of the signature; null where the receiver is known to have it
 */
record SignedPayload(byte[] signature, byte @Nullable [] pass, byte[] body) {

  /** Changes when a reader of today could misunderstand; 1 was not signed. */
  private static final int FORMAT = 2;

  private static final int ITEMS = 4;

  byte[] encode() {
    try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
      out.packArrayHeader(ITEMS).packInt(FORMAT);
      out.packBinaryHeader(signature.length).addPayload(signature);
      if (pass == null) {
        out.packNil();
      } else {
        out.packBinaryHeader(pass.length).addPayload(pass);
      }
      out.packBinaryHeader(body.length).addPayload(body);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
  }

  /** Null when the payload is nothing of ours. */
  static @Nullable SignedPayload decode(byte[] payload) {
    try (MessageUnpacker in = MessagePack.newDefaultUnpacker(payload)) {
      if (in.unpackArrayHeader() < ITEMS || in.unpackInt() != FORMAT) {
        return null;
      }
      byte[] signature = binary(in, payload);
      byte[] pass = in.tryUnpackNil() ? null : binary(in, payload);
      return new SignedPayload(signature, pass, binary(in, payload));
    } catch (MessagePackException | IOException e) {
      return null;
    }
  }

  private static byte[] binary(MessageUnpacker in, byte[] payload) throws IOException {
    int length = in.unpackBinaryHeader();
    if (length > payload.length) {
      throw new MessagePackException("a length goes beyond the end of the payload");
    }
    return in.readPayload(length);
  }
}
