package io.sharedredis.cli;

import io.sharedredis.cli.RingOptions.Missing;
import io.sharedredis.dataprotection.KeyManager;
import io.sharedredis.dataprotection.keyring.UnauthenticatedEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code keyring approve}: shows entries without a genuine tag, and tags those that are named. */
@Command(
    name = "approve",
    description = {
      "List the entries that the secret of --entry-secret-file does not authenticate, or give those"
          + " that are named their tag, so that they are trusted from now on."
    })
final class KeyringApprove implements Callable<Integer> {
  @Mixin CommonOptions common = new CommonOptions();
  @Mixin RingOptions ring = new RingOptions();

  @Parameters(
      paramLabel = "<fingerprint>",
      arity = "0..*",
      description = "Entries to approve, as the list without this argument shows them.")
  List<String> fingerprints = new ArrayList<>();

  @Option(names = "--all", description = "Approve every entry that is there now.")
  boolean all;

  private final Surroundings io;

  KeyringApprove(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    if (ring.opening.entrySecretFile == null) {
      throw new UsageException(
          "--entry-secret-file is missing: name the file with the secret of the replicas");
    }
    try (Ring opened = ring.open(io, Missing.IS_WRONG)) {
      KeyManager keys = opened.operations(ring.dataProtection(io, false).build());
      List<UnauthenticatedEntry> pending = keys.unauthenticated();
      if (fingerprints.isEmpty() && !all) {
        list(pending);
        return 0;
      }
      Set<String> wanted = wanted(pending);
      int approved = keys.authenticate(wanted);
      io.say(
          "approved "
              + Counts.of(approved, "entry")
              + "; replicas with the secret trust them from now on");
      Map<String, @Nullable Object> json = Json.object();
      json.put("approved", approved);
      io.print(common.json ? Json.line(json) : String.valueOf(approved));
      return 0;
    }
  }

  private Set<String> wanted(List<UnauthenticatedEntry> pending) {
    Set<String> present =
        pending.stream().map(UnauthenticatedEntry::fingerprint).collect(Collectors.toSet());
    if (all) {
      return present;
    }
    Set<String> wanted = new HashSet<>();
    for (String fingerprint : fingerprints) {
      String lower = fingerprint.strip().toLowerCase(Locale.ROOT);
      if (!present.contains(lower)) {
        throw new FailedException(
            "no entry that waits for approval has the fingerprint "
                + lower
                + "; nothing was approved. 'keyring approve' without fingerprints lists them");
      }
      wanted.add(lower);
    }
    return wanted;
  }

  private void list(List<UnauthenticatedEntry> pending) {
    if (common.json) {
      Map<String, @Nullable Object> json = Json.object();
      json.put("pending", pending.stream().map(KeyringApprove::json).toList());
      io.print(Json.line(json));
    } else {
      pending.forEach(
          entry ->
              io.print(
                  String.format(
                      Locale.ROOT,
                      "%s  %-10s  %s",
                      entry.fingerprint(),
                      kind(entry),
                      entry.keyId().map(Object::toString).orElse("-"))));
    }
    io.say(
        pending.isEmpty()
            ? "every entry is authenticated"
            : Counts.of(pending.size(), "entry") + " not authenticated");
  }

  private static Map<String, @Nullable Object> json(UnauthenticatedEntry entry) {
    Map<String, @Nullable Object> json = Json.object();
    json.put("fingerprint", entry.fingerprint());
    json.put("kind", kind(entry));
    json.put("key_id", entry.keyId().orElse(null));
    return json;
  }

  private static String kind(UnauthenticatedEntry entry) {
    return entry.kind().name().toLowerCase(Locale.ROOT);
  }
}
