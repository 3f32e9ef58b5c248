package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.ItemReport;
import io.sharedredis.dataprotection.keyring.ItemReport.Kind;
import io.sharedredis.dataprotection.keyring.ItemReport.Severity;
import io.sharedredis.dataprotection.keyring.Key;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keyring verify}: says of each item what it is and whether anything is wrong with it. */
@Command(
    name = "verify",
    description = {
      "Report every item of a ring: readable, encrypted how, revoked, there twice, broken, not"
          + " authenticated. Exit code 1 if something is wrong."
    })
final class KeyringVerify implements Callable<Integer> {
  private static final int WRONG = 1;

  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();

  private final Surroundings io;

  KeyringVerify(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    try (Ring opened = ring.open(io, Missing.IS_WRONG)) {
      KeyManager keys = opened.look(ring.dataProtection(io, false).build());
      List<ItemReport> items = keys.inspect();
      RingVerdict verdict = RingVerdict.of(items, io.clock().instant());
      if (common.json) {
        io.print(Json.line(json(opened, items, verdict)));
      } else {
        items.forEach(item -> io.print(row(item)));
      }
      verdict.findings().forEach(finding -> io.say(finding));
      io.say(
          opened.name()
              + ": "
              + Counts.of(items.size(), "item")
              + ", "
              + (verdict.isGood() ? "nothing wrong" : verdict.wrong() + " wrong"));
      return verdict.isGood() ? 0 : WRONG;
    }
  }

  private Map<String, @Nullable Object> json(
      Ring opened, List<ItemReport> items, RingVerdict verdict) {
    Map<String, @Nullable Object> json = Json.object();
    json.put("ring", opened.name());
    json.put("ok", verdict.isGood());
    json.put("findings", verdict.findings());
    json.put("items", items.stream().map(this::json).toList());
    return json;
  }

  private Map<String, @Nullable Object> json(ItemReport item) {
    Key key = item.key();
    Map<String, @Nullable Object> json = Json.object();
    json.put("position", item.position());
    json.put("name", item.name());
    json.put("kind", kind(item));
    json.put("key_id", item.keyId());
    if (item.kind() == Kind.KEY) {
      json.put("state", key == null ? null : KeyView.state(key, now()));
      json.put("encryption", item.encryption());
      json.put("certificates", item.certificates());
    }
    json.put("authenticated", item.authenticated());
    json.put("severity", item.severity().name().toLowerCase(Locale.ROOT));
    json.put("finding", item.finding());
    return json;
  }

  private String row(ItemReport item) {
    Key key = item.key();
    String what = item.keyId() == null ? item.name() : item.keyId().toString();
    StringBuilder row =
        new StringBuilder(
            String.format(Locale.ROOT, "%4d  %-15s  %-36s", item.position(), kind(item), what));
    if (key != null) {
      row.append(String.format(Locale.ROOT, "  %-7s", KeyView.state(key, now())));
    }
    if (item.kind() == Kind.KEY) {
      row.append("  encryption: ").append(item.encryption());
      item.certificates().forEach(certificate -> row.append(' ').append(certificate));
    }
    if (item.authenticated() != null) {
      row.append(item.authenticated() ? "  authenticated" : "  NOT authenticated");
    }
    if (item.severity() != Severity.OK) {
      row.append("  ").append(item.severity()).append(": ").append(item.finding());
    }
    return row.toString();
  }

  private static String kind(ItemReport item) {
    return item.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Instant now() {
    return io.clock().instant();
  }
}
