package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.TimeLimitedDataProtector;
import io.sharedredis.dataprotection.crypto.PayloadHeader;
import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.crypto.StrictUtf8;
import io.sharedredis.dataprotection.keyring.Key;
import io.sharedredis.dataprotection.keyring.KeyState;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code protect}: seals values under the default key of a ring; never makes a key. */
@Command(
    name = "protect",
    description = "Protect standard input for an application and its purposes.")
final class Protect implements Callable<Integer> {
  /** What {@code --time-limited} stands for without a duration: an expiry that never comes. */
  private static final String NO_LIMIT = "";

  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();
  @Mixin PurposeOptions purposes = new PurposeOptions();
  @Mixin ValueOptions values = new ValueOptions();

  @Option(
      names = "--binary",
      description = "Base64 instead of text, for the plaintext and the protected payload.")
  boolean binary;

  @Option(
      names = "--time-limited",
      arity = "0..1",
      fallbackValue = NO_LIMIT,
      paramLabel = "<duration>",
      description = "Make payloads that expire after a duration (5m, PT5M), or never without one.")
  @Nullable String timeLimited;

  @Option(names = "--ignore-revocation", description = "Has no effect here; see unprotect.")
  boolean ignoreRevocation;

  private final Surroundings io;

  Protect(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    purposes.check();
    Duration limit =
        timeLimited == null || timeLimited.equals(NO_LIMIT)
            ? null
            : Durations.parse("--time-limited", timeLimited);
    checkLimit(limit);
    try (Ring opened = ring.open(io, Missing.IS_WRONG);
        DataProtection copy =
            opened.copy(
                PurposeOptions.named(ring.dataProtection(io, false), purposes.app).build())) {
      requireKey(copy, opened);
      UnaryOperator<byte[]> seal = sealing(purposes.protector(copy), limit);
      return new Values(io, values.lines, common.json).answer(value -> answer(value, seal));
    }
  }

  private void checkLimit(@Nullable Duration limit) {
    if (limit == null) {
      return;
    }
    if (limit.isNegative() || limit.isZero()) {
      io.say(
          "warning: --time-limited " + timeLimited + " makes payloads that have expired already");
    }
    try {
      if (io.clock().instant().plus(limit).isAfter(Instant.parse("9999-12-31T23:59:59Z"))) {
        throw new ArithmeticException();
      }
    } catch (ArithmeticException | java.time.DateTimeException e) {
      throw new UsageException(
          "--time-limited "
              + timeLimited
              + " is too long: the expiry must lie before the year"
              + " 10000; leave the duration out for no limit");
    }
  }

  /** An operator's tool makes no key by surprise: without one it says how to get one. */
  private void requireKey(DataProtection copy, Ring opened) {
    Key key;
    try {
      key = copy.keyManager().ring().defaultKey();
    } catch (DataProtectionException e) {
      throw new FailedException(
          "the key ring in "
              + opened.name()
              + " holds no key to protect with that can be opened here; start a replica, which makes"
              + " one, or make one with 'keyring create'"
              + (ring.encryptsKeys() ? "" : ", or give the --certificate that opens its keys"),
          e);
    }
    KeyState state = key.stateAt(io.clock().instant());
    if (state != KeyState.ACTIVE) {
      io.say(
          "warning: key "
              + key.id()
              + " protects though it is "
              + (state == KeyState.EXPIRED ? "expired" : "not active yet")
              + ": the ring has no better one; make one with 'keyring create'");
    }
  }

  private UnaryOperator<byte[]> sealing(DataProtector protector, @Nullable Duration limit) {
    if (timeLimited == null) {
      return protector::protect;
    }
    TimeLimitedDataProtector limited = protector.timeLimited();
    return limit == null ? limited::protect : value -> limited.protect(value, limit);
  }

  private Answer answer(byte[] value, UnaryOperator<byte[]> seal) {
    byte[] plaintext = binary ? Values.base64(value) : StrictUtf8.encode(Values.text(value));
    byte[] payload = seal.apply(plaintext);
    String text =
        binary ? Base64.getEncoder().encodeToString(payload) : PayloadText.encode(payload);
    Map<String, @Nullable Object> json = Json.object();
    json.put(binary ? "protected_base64" : "protected_text", text);
    json.put("key_id", PayloadHeader.keyId(payload));
    return new Answer(text, json);
  }
}
