package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.KeyManager;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code keyring reset}: wipes a ring, and leaves the mark that forbids restoring it. */
@Command(
    name = "reset",
    description = {
      "Delete every item of a ring: all that was ever protected becomes unreadable. Leaves a mark"
          + " that keeps replicas from writing their copy back."
    })
final class KeyringReset implements Callable<Integer> {
  private static final String WORD = "reset";

  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();

  @Option(names = "--yes", description = "Do not ask at a terminal; without one nobody is asked.")
  boolean yes;

  private final Surroundings io;

  KeyringReset(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    try (Ring opened = ring.open(io, Missing.IS_WRONG)) {
      KeyManager keys = opened.operations(ring.dataProtection(io, false).build());
      int items = opened.read().size();
      if (!yes && io.person() != null && !isConfirmed(opened, items)) {
        io.say("nothing was changed");
        return 1;
      }
      keys.reset();
      io.say(
          "reset: "
              + Counts.of(items, "item")
              + " deleted; the next replica that makes keys begins a new ring. Where no replica may"
              + " make keys, make one now with 'keyring create': until then nothing can be"
              + " protected. Replicas of"
              + " ASP.NET Core keep the old one in memory for up to 24 hours: restart them");
      Map<String, @Nullable Object> json = Json.object();
      json.put("ring", opened.name());
      json.put("deleted", items);
      io.print(common.json ? Json.line(json) : String.valueOf(items));
      return 0;
    }
  }

  private boolean isConfirmed(Ring opened, int items) {
    String question =
        "This deletes "
            + Counts.of(items, "item")
            + " of the "
            + opened.name()
            + "; what they protected is lost for ever ('keyring export' keeps a copy)."
            + " Type 'reset' to go on: ";
    UnaryOperator<String> person = Objects.requireNonNull(io.person());
    return person.apply(question).strip().toLowerCase(Locale.ROOT).equals(WORD);
  }
}
