package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.ItemReport;
import io.sharedredis.dataprotection.repository.ExportedRing;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code keyring export}: a copy of a ring, also of one that cannot be used. */
@Command(
    name = "export",
    description = "Copy every item of a ring to a new directory, in .NET's file layout.")
final class KeyringExport implements Callable<Integer> {
  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();

  @Parameters(paramLabel = "<dir>", description = "Directory to make; it may exist if it is empty.")
  Path target = Path.of("");

  private final Surroundings io;

  KeyringExport(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    try (Ring opened = ring.open(io, Missing.IS_WRONG)) {
      List<KeyItem> items = opened.read();
      if (items.isEmpty()) {
        throw new FailedException(
            "the " + opened.name() + " holds nothing to export: is it the right place?");
      }
      ExportedRing.write(target, items);
      warnOfSecrets(opened);
      io.say(
          "exported "
              + Counts.of(items.size(), "item")
              + " of the "
              + opened.name()
              + " to "
              + target);
      Map<String, @Nullable Object> json = Json.object();
      json.put("directory", target);
      json.put("exported", items.size());
      io.print(common.json ? Json.line(json) : String.valueOf(items.size()));
      return 0;
    }
  }

  private void warnOfSecrets(Ring opened) {
    KeyManager keys = opened.look(ring.dataProtection(io, false).build());
    long readable =
        keys.inspect().stream()
            .filter(item -> ItemReport.NOT_ENCRYPTED.equals(item.encryption()))
            .count();
    if (readable > 0) {
      io.say(
          "warning: "
              + Counts.of(readable, "key")
              + " unencrypted in "
              + target
              + ": whoever reads the directory can forge and read everything they protect");
    }
  }
}
