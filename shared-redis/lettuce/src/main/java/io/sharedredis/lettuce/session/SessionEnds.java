package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionArguments.number;
import static io.sharedredis.lettuce.session.SessionNames.bytes;

import io.sharedredis.lettuce.connection.LuaScript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Ends that no request of the session's own tells of, handed to one replica at a time. */
final class SessionEnds {

  private final SessionScripts scripts;
  private final SessionNames names;
  private final SessionReplies replies;
  private final byte[] touch;

  SessionEnds(
      SessionScripts scripts,
      SessionNames names,
      SessionReplies replies,
      SessionStoreOptions options) {
    this.scripts = scripts;
    this.names = names;
    this.replies = replies;
    this.touch = number(options.touchInterval().toMillis());
  }

  List<StoredSession> claimExpired(String claimant, Duration confirmWithin, int most) {
    return replies.sessions(
        scripts.run(
            SessionScripts.CLAIM_EXPIRED,
            keys(names.expiry(0), names.claimant(0)),
            names.prefix(0),
            bytes(claimant),
            number(confirmWithin.toMillis()),
            touch,
            number(most)),
        0);
  }

  void confirmExpired(Collection<String> internals) {
    confirm(
        SessionScripts.CONFIRM_EXPIRED,
        names.expiry(0),
        internals,
        names.prefix(0),
        names.endsChannel(),
        touch);
  }

  List<StoredSession> claimEnded(String claimant, Duration confirmWithin, int most) {
    return replies.sessions(
        scripts.run(
            SessionScripts.CLAIM_ENDED,
            keys(names.ended(0), names.claimant(0)),
            names.prefix(0),
            bytes(claimant),
            number(confirmWithin.toMillis()),
            number(most)),
        0);
  }

  void confirmEnded(Collection<String> internals) {
    confirm(SessionScripts.CONFIRM_ENDED, names.ended(0), internals, names.prefix(0));
  }

  private void confirm(
      LuaScript script, byte[] key, Collection<String> internals, byte[]... first) {
    List<byte[]> arguments = new ArrayList<>(List.of(first));
    internals.forEach(internal -> arguments.add(bytes(internal)));
    long unused = scripts.count(script, keys(key), arguments.toArray(byte[][]::new));
  }

  private static byte[][] keys(byte[]... keys) {
    return keys;
  }
}
