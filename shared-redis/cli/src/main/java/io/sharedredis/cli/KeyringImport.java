package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.repository.ExportedRing;
import io.sharedredis.dataprotection.repository.KeyItem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code keyring import}: brings items into a ring, never an id twice. */
@Command(
    name = "import",
    description = {
      "Add the items of a directory to a ring, as they are: an export, or a ring in .NET's file"
          + " layout. Items that are there already are passed over."
    })
final class KeyringImport implements Callable<Integer> {
  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();

  @Parameters(paramLabel = "<dir>", description = "Directory to read.")
  Path source = Path.of("");

  private final Surroundings io;

  KeyringImport(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    if (!Files.isDirectory(source)) {
      throw new UsageException("<dir> " + source + " is not a directory: check the path");
    }
    List<KeyItem> items = ExportedRing.read(source);
    if (items.isEmpty()) {
      throw new FailedException("<dir> " + source + " holds no items: no *.xml files");
    }
    try (Ring opened = ring.open(io, Missing.IS_MADE)) {
      int added = new RingImport(opened, ring.dataProtection(io, false).build(), source).add(items);
      io.say(
          "imported "
              + Counts.of(added, "item")
              + " into the "
              + opened.name()
              + ", "
              + (items.size() - added)
              + " there already");
      Map<String, @Nullable Object> json = Json.object();
      json.put("ring", opened.name());
      json.put("imported", added);
      json.put("present", items.size() - added);
      io.print(common.json ? Json.line(json) : String.valueOf(added));
      return 0;
    }
  }
}
