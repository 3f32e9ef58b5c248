package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.ItemReport;
import io.sharedredis.dataprotection.keyring.Key;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keyring revoke}: nothing that one key protected is accepted any more. */
@Command(
    name = "revoke",
    description = "Revoke a key: nothing that it protected is accepted any more.")
final class KeyringRevoke implements Callable<Integer> {
  private static final Pattern ID =
      Pattern.compile("\\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})}?");

  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();
  @Mixin ReasonOption reason = new ReasonOption();

  @Parameters(paramLabel = "<id>", description = "Id of the key, from 'keyring list'.")
  String id = "";

  @Option(
      names = "--force",
      description = "Store the revocation even if the ring does not hold the key.")
  boolean force;

  private final Surroundings io;

  KeyringRevoke(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    UUID key = checkedId();
    reason.check();
    try (Ring opened = ring.open(io, Missing.IS_WRONG)) {
      KeyManager keys = opened.operations(ring.dataProtection(io, false).build());
      boolean stored = !isRevoked(key, keys.inspect(), opened);
      if (stored) {
        keys.revoke(key, reason.text);
        io.say(
            "revoked; Java replicas obey within a second, those of ASP.NET Core within 24 hours");
      } else {
        io.say("key " + key + " was revoked before; nothing was stored");
      }
      Map<String, @Nullable Object> json = Json.object();
      json.put("id", key);
      json.put("stored", stored);
      io.print(common.json ? Json.line(json) : key.toString());
      Afterwards.sayIfNothingProtects(keys, io);
      return 0;
    }
  }

  /**
   * By single items, so that a key can also be revoked in a ring that cannot be used as a whole.
   */
  private boolean isRevoked(UUID id, List<ItemReport> items, Ring opened) {
    List<Key> found =
        items.stream()
            .map(ItemReport::key)
            .filter(key -> key != null && key.id().equals(id))
            .toList();
    if (found.isEmpty() && !force) {
      throw new FailedException(
          "key "
              + id
              + " is not in the "
              + opened.name()
              + "; nothing was revoked. 'keyring list' shows the keys; --force stores the"
              + " revocation all the same");
    }
    return !found.isEmpty() && found.stream().allMatch(Key::isRevoked);
  }

  private UUID checkedId() {
    Matcher matcher = ID.matcher(id.strip());
    if (!matcher.matches()) {
      throw new UsageException(
          "<id> '"
              + id
              + "' is not the id of a key; ids look like 46e9d93c-e37b-4380-baf7-c5f859f61d1f, see"
              + " 'keyring list'");
    }
    return UUID.fromString(matcher.group(1));
  }
}
