package io.sharedredis.lettuce.session;

import static io.sharedredis.lettuce.session.SessionArguments.number;
import static io.sharedredis.lettuce.session.SessionNames.bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The sessions of one user, found without a scan. */
final class UserIndex {

  /** Sessions that one command ends: some milliseconds of Redis' time. */
  private static final int END_AT_MOST = 1000;

  /** Total and time, in what {@code list.lua} answers. */
  private static final int BEFORE_ENTRIES = 2;

  /** Fields of an outline, as {@code list.lua} reads them. */
  private static final String OUTLINED = "vctagd";

  private static final byte[] ALL = bytes("all");
  private static final byte[] OUTLINE = bytes("outline");

  private final SessionScripts scripts;
  private final SessionNames names;
  private final SessionReplies replies;
  private final SessionLife life;
  private final byte[] touch;

  UserIndex(
      SessionScripts scripts,
      SessionNames names,
      SessionReplies replies,
      SessionStoreOptions options) {
    this.scripts = scripts;
    this.names = names;
    this.replies = replies;
    this.life = new SessionLife(options.touchInterval());
    this.touch = number(options.touchInterval().toMillis());
  }

  EndedSessions endAll(String user, String exceptInternal, EndReason reason) {
    List<String> reply =
        SessionReplies.texts(
            scripts.run(
                SessionScripts.END_USER,
                index(user),
                names.prefix(0),
                bytes(exceptInternal),
                names.endsChannel(),
                bytes(reason.word()),
                number(END_AT_MOST),
                touch));
    return new EndedSessions(reply.subList(1, reply.size()), reply.get(0).equals("1"));
  }

  /** A page of sessions with all that they hold. */
  SessionPage list(String user, int from, int count) {
    return page(run(user, from, count, ALL), entry -> new SessionFields(entry, null));
  }

  /** The same without ids and attributes. */
  SessionPage outline(String user, int from, int count) {
    return page(run(user, from, count, OUTLINE), entry -> SessionFields.of(OUTLINED, entry));
  }

  private List<Object> run(String user, int from, int count, byte[] fields) {
    return scripts.run(
        SessionScripts.LIST, index(user), names.prefix(0), number(from), number(count), fields);
  }

  private SessionPage page(List<Object> reply, Function<List<?>, SessionFields> reader) {
    if (reply.size() < BEFORE_ENTRIES) {
      return new SessionPage(0, List.of());
    }
    long now = Long.parseLong(SessionReplies.text(reply.get(1)));
    List<StoredSession> sessions = new ArrayList<>(reply.size());
    for (Object entry : reply.subList(BEFORE_ENTRIES, reply.size())) {
      List<?> values = (List<?>) entry;
      SessionFields fields = reader.apply(values);
      if (life.usable(fields, now)) {
        String internal = SessionReplies.text(values.get(values.size() - 1));
        sessions.add(replies.session(internal, fields));
      }
    }
    return new SessionPage((Long) reply.get(0), sessions);
  }

  private byte[][] index(String user) {
    return new byte[][] {names.user(0, SessionId.userHash(user))};
  }
}
