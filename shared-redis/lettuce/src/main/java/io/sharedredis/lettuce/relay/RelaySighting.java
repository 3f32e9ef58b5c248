package io.sharedredis.lettuce.relay;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who only watches may know of a payload between two replicas: no body, no user, no
 * token. Format: {@code docs/formats/hub-relay.md}.
 *
 * @param kind {@code ask}, {@code more}, {@code ready}, {@code reply}, {@code rest}, {@code
 *     cancel}, {@code took}, {@code hurry}, {@code cut}; {@code alive} for a payload that only says
 *     that its sender is there
 * @param from name of the sending replica; empty for a cut, which does not say
 * @param exchange number of the request that it belongs to; 0 for none
 * @param what the request that an ask wants carried out, such as {@code poll}; else null
 */
public record RelaySighting(String kind, String from, long exchange, @Nullable String what) {

  /** Characters of a mark in a cut. */
  private static final int LONGEST_MARK = 64;

  /** Null when the payload is none of a relay's. */
  public static @Nullable RelaySighting of(byte[] payload) {
    Envelope envelope = RelayCodec.peek(payload);
    if (envelope == null) {
      return null;
    }
    RelayMessage message = envelope.message();
    if (message == null) {
      return new RelaySighting("alive", envelope.from(), 0, null);
    }
    return new RelaySighting(
        message.getClass().getSimpleName().toLowerCase(Locale.ROOT),
        envelope.from(),
        message.exchange(),
        message instanceof RelayMessage.Ask ask
            ? ask.request().kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')
            : null);
  }

  /** Null when the payload is no mark of a connection that moves. */
  public static @Nullable RelaySighting ofCut(byte[] payload) {
    return payload.length > LONGEST_MARK
            || new String(payload, StandardCharsets.UTF_8).indexOf('\ufffd') >= 0
        ? null
        : new RelaySighting("cut", "", 0, null);
  }
}
