package io.sharedredis.lettuce.relay;

import io.sharedredis.testkit.MutableClock;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Says what a test wants, as a replica of a farm would. */
final class Stranger {
  private static final long SESSION = 5;

  private final LossyWire wire;
  private final String name;
  private final String to;
  private final RelayKey key;
  private final byte[] pass;
  private long serial;

  Stranger(LossyWire wire, String farm, MutableClock clock, String name, String to) {
    this.wire = wire;
    this.name = name;
    this.to = to;
    RelayGuard guard = new RelayGuard(new TestSeal(farm), name, clock, new Random(name.hashCode()));
    this.key = guard.newKey();
    this.pass = guard.pass(to, SESSION, key);
  }

  private String channel() {
    return "shared-redis:shop:hub:relay:{" + to + "}";
  }

  byte[] payload(long number, @Nullable RelayMessage message) {
    byte[] body = RelayCodec.encode(new Envelope(++serial, name, SESSION, number, 0, 0, message));
    return new SignedPayload(key.signature(channel(), body), pass, body).encode();
  }

  void says(long number, @Nullable RelayMessage message) {
    wire.publish(channel(), payload(number, message));
  }

  void says(byte[] payload) {
    wire.publish(channel(), payload);
  }
}
