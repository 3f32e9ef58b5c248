package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.dataprotection.TimeLimitedDataProtector.Expiring;
import io.sharedredis.dataprotection.UnprotectResult;
import io.sharedredis.dataprotection.crypto.DotNetTicks;
import io.sharedredis.dataprotection.crypto.PayloadHeader;
import io.sharedredis.dataprotection.crypto.PayloadText;
import io.sharedredis.dataprotection.crypto.StrictUtf8;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code unprotect}: opens what a protector of the same purposes made. */
@Command(
    name = "unprotect",
    description = "Unprotect standard input, made for an application and its purposes.")
final class Unprotect implements Callable<Integer> {
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
      fallbackValue = "",
      paramLabel = "<duration>",
      description = "The payloads expire. A duration has no effect here: each carries its own.")
  @Nullable String timeLimited;

  @Option(
      names = "--ignore-revocation",
      description =
          "Accept payloads of revoked keys, to rescue data. Never for what a stranger may have"
              + " sent: whoever has the revoked key can forge it.")
  boolean ignoreRevocation;

  private final Surroundings io;

  Unprotect(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    purposes.check();
    if (timeLimited != null && !timeLimited.isEmpty()) {
      Durations.parse("--time-limited", timeLimited);
    }
    // Keys may be made in the copy: .NET makes one before it reads with a ring that has none, and
    // reading must not depend on whether anything can still be protected.
    try (Ring opened = ring.open(io, Missing.IS_WRONG);
        DataProtection copy =
            opened.copy(PurposeOptions.named(ring.forCopy(io), purposes.app).build())) {
      DataProtector protector = purposes.protector(copy);
      return new Values(io, values.lines, common.json).answer(value -> answer(value, protector));
    }
  }

  private Answer answer(byte[] value, DataProtector protector) {
    byte[] payload = binary ? Values.base64(value) : PayloadText.decode(Values.text(value));
    Map<String, @Nullable Object> json = Json.object();
    byte[] plaintext = open(payload, protector, json);
    String text =
        binary
            ? Base64.getEncoder().encodeToString(plaintext)
            : StrictUtf8.decode(plaintext, 0, plaintext.length);
    Map<String, @Nullable Object> members = Json.object();
    members.put(binary ? "plaintext_base64" : "plaintext_text", text);
    members.put("key_id", PayloadHeader.keyId(payload));
    members.putAll(json);
    return new Answer(text, members);
  }

  private byte[] open(byte[] payload, DataProtector protector, Map<String, @Nullable Object> json) {
    if (timeLimited != null) {
      Expiring opened =
          ignoreRevocation
              ? protector.timeLimited().unprotectIgnoringRevocation(payload)
              : protector.timeLimited().unprotectWithExpiration(payload);
      json.put(
          "expiration", opened.expiration().equals(DotNetTicks.MAX) ? null : opened.expiration());
      return opened.plaintext();
    }
    UnprotectResult opened =
        ignoreRevocation
            ? protector.unprotectIgnoringRevocation(payload)
            : protector.unprotectWithResult(payload);
    json.put("requires_migration", opened.requiresMigration());
    json.put("was_revoked", opened.wasRevoked());
    return opened.plaintext();
  }
}
