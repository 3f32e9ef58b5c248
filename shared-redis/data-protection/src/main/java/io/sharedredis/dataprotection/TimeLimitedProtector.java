package io.sharedredis.dataprotection;

import io.sharedredis.dataprotection.crypto.DotNetTicks;
import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.crypto.StrictUtf8;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * Puts the expiry, as .NET ticks (8 bytes, big-endian), in front of the data. Its own purpose
 * always comes last, so that such a payload is never mistaken for one without expiry.
 */
final class TimeLimitedProtector implements TimeLimitedDataProtector {
  private static final String PURPOSE =
      "Microsoft.AspNetCore.DataProtection.TimeLimitedDataProtector.v1";

  private final DataProtector outer;
  private final DataProtector inner;
  private final InstantSource clock;

  TimeLimitedProtector(DataProtector outer, InstantSource clock) {
    this.outer = outer;
    this.inner = outer.protector(PURPOSE);
    this.clock = clock;
  }

  @Override
  public TimeLimitedDataProtector protector(String purpose, String... more) {
    return new TimeLimitedProtector(outer.protector(purpose, more), clock);
  }

  @Override
  public String protect(String plaintext, Duration lifetime) {
    return protect(plaintext, after(lifetime));
  }

  @Override
  public String protect(String plaintext, Instant expiration) {
    return PayloadText.encode(protect(StrictUtf8.encode(plaintext), expiration));
  }

  @Override
  public byte[] protect(byte[] plaintext, Duration lifetime) {
    return protect(plaintext, after(lifetime));
  }

  @Override
  public byte[] protect(byte[] plaintext, Instant expiration) {
    byte[] dated =
        ByteBuffer.allocate(Long.BYTES + plaintext.length)
            .putLong(DotNetTicks.of(expiration))
            .put(plaintext)
            .array();
    return inner.protect(dated);
  }

  @Override
  public String protect(String plaintext) {
    return protect(plaintext, DotNetTicks.MAX);
  }

  @Override
  public byte[] protect(byte[] plaintext) {
    return protect(plaintext, DotNetTicks.MAX);
  }

  @Override
  public String unprotect(String payload) {
    byte[] plaintext = unprotect(PayloadText.decode(payload));
    return StrictUtf8.decode(plaintext, 0, plaintext.length);
  }

  @Override
  public byte[] unprotect(byte[] payload) {
    return unprotectWithExpiration(payload).plaintext();
  }

  private Instant after(Duration lifetime) {
    try {
      return clock.instant().plus(lifetime);
    } catch (ArithmeticException | DateTimeException e) {
      throw new IllegalArgumentException("lifetime " + lifetime + " is too long");
    }
  }

  @Override
  public Expiring unprotectWithExpiration(byte[] payload) {
    return judged(inner.unprotect(payload));
  }

  @Override
  public Expiring unprotectIgnoringRevocation(byte[] payload) {
    return judged(inner.unprotectIgnoringRevocation(payload).plaintext());
  }

  private Expiring judged(byte[] dated) {
    if (dated.length < Long.BYTES) {
      throw new DataProtectionException("the payload is invalid");
    }
    Instant expiration = DotNetTicks.toInstant(ByteBuffer.wrap(dated).getLong());
    if (clock.instant().isAfter(expiration)) {
      throw new DataProtectionException("the payload expired at " + expiration);
    }
    return new Expiring(Arrays.copyOfRange(dated, Long.BYTES, dated.length), expiration);
  }
}
