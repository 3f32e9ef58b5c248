package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.keyring.DefaultKeyPolicy;
import io.sharedredis.dataprotection.keyring.Key;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code keyring list}: the keys of a ring and where each stands. */
@Command(name = "list", description = "List the keys of a ring.")
final class KeyringList implements Callable<Integer> {
  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();

  private final Surroundings io;

  KeyringList(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    try (Ring opened = ring.open(io, Missing.IS_WRONG)) {
      List<Key> keys = opened.look(ring.dataProtection(io, false).build()).read();
      Instant now = io.clock().instant();
      UUID defaultKey = DefaultKeyPolicy.decide(now, keys).defaultKey().map(Key::id).orElse(null);
      if (common.json) {
        Map<String, @Nullable Object> json = Json.object();
        json.put("ring", opened.name());
        json.put("default_key_id", defaultKey);
        json.put("keys", keys.stream().map(key -> KeyView.json(key, defaultKey, now)).toList());
        io.print(Json.line(json));
      } else {
        print(keys, defaultKey, now);
      }
      if (defaultKey == null) {
        io.say(
            keys.isEmpty()
                ? "the key ring in " + opened.name() + " holds no key"
                : "no key of the ring in " + opened.name() + " can protect now");
      }
      return 0;
    }
  }

  private void print(List<Key> keys, @Nullable UUID defaultKey, Instant now) {
    if (keys.isEmpty()) {
      return;
    }
    String row = "%-36s  %-9s  %-20s  %-20s  %-20s  %s";
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT, row, "ID", "STATE", "CREATED", "ACTIVE FROM", "EXPIRES", "NOTE"));
    for (Key key : keys) {
      table
          .append('\n')
          .append(
              String.format(
                      Locale.ROOT,
                      row,
                      key.id(),
                      KeyView.state(key, now),
                      KeyView.seconds(key.creation()),
                      KeyView.seconds(key.activation()),
                      KeyView.seconds(key.expiration()),
                      KeyView.note(key, defaultKey))
                  .stripTrailing());
    }
    io.print(table.toString());
  }
}
