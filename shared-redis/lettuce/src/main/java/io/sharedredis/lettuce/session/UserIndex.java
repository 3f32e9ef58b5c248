package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionArguments.number;
import static io.sharedredis.lettuce.session.SessionNames.bytes;

import java.util.List;

/** The sessions of one user, found without a scan. */
final class UserIndex {

  /** Sessions that one command ends: some milliseconds of Redis' time. */
  private static final int END_AT_MOST = 1000;

  private final SessionScripts scripts;
  private final SessionNames names;
  private final SessionReplies replies;
  private final byte[] touch;

  UserIndex(
      SessionScripts scripts,
      SessionNames names,
      SessionReplies replies,
      SessionStoreOptions options) {
    this.scripts = scripts;
    this.names = names;
    this.replies = replies;
    this.touch = number(options.touchInterval().toMillis());
  }

  List<String> endAll(String user, String exceptInternal, EndReason reason) {
    return SessionReplies.texts(
        scripts.run(
            SessionScripts.END_USER,
            index(user),
            bytes(names.prefix(0)),
            bytes(exceptInternal),
            bytes(names.ends()),
            bytes(reason.word()),
            number(END_AT_MOST)));
  }

  /**
   * @param fields {@code all}, or {@code outline} for those that are no attributes
   */
  SessionPage list(String user, int from, int count, String fields) {
    List<Object> reply =
        scripts.run(
            SessionScripts.LIST,
            index(user),
            bytes(names.prefix(0)),
            number(from),
            number(count),
            touch,
            bytes(fields));
    long total = reply.isEmpty() ? 0 : (Long) reply.get(0);
    return new SessionPage(total, replies.sessions(reply, 1));
  }

  private byte[][] index(String user) {
    return new byte[][] {bytes(names.user(0, SessionId.userHash(user)))};
  }
}
