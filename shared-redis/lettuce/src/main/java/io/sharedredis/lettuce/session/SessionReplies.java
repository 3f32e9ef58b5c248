package io.sharedredis.lettuce.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what the scripts of the store answer. */
final class SessionReplies {

  private final SessionStoreOptions options;
  private final SessionSeal seal;

  SessionReplies(SessionStoreOptions options, SessionSeal seal) {
    this.options = options;
    this.seal = seal;
  }

  static String text(@Nullable Object reply) {
    return reply instanceof byte[] value ? new String(value, StandardCharsets.UTF_8) : "";
  }

  static List<String> texts(List<?> reply) {
    return reply.stream().map(SessionReplies::text).toList();
  }

  /** A session by its fields and values in turn. */
  StoredSession session(String internal, List<?> fields) {
    return session(internal, new SessionFields(fields, null));
  }

  StoredSession session(String internal, SessionFields fields) {
    return new StoredSession(internal, fields, seal);
  }

  /** Internal ids and fields in turn, from {@code begin} on. */
  List<StoredSession> sessions(List<?> reply, int begin) {
    List<StoredSession> sessions = new ArrayList<>();
    for (int i = begin; i + 1 < reply.size(); i += 2) {
      if (reply.get(i + 1) instanceof List<?> fields) {
        sessions.add(session(text(reply.get(i)), fields));
      }
    }
    return sessions;
  }

  /**
   * What a write answered.
   *
   * @throws SessionTooLargeException if there would be too many attributes
   * @throws IllegalStateException if the id of a new session is taken
   */
  SaveOutcome outcome(List<?> reply) {
    String word = reply.isEmpty() ? "" : text(reply.get(0));
    return switch (word) {
      case "SAVED" ->
          new SaveOutcome.Saved(
              Long.parseLong(text(reply.get(1))),
              text(reply.get(2)).equals("1"),
              reply.size() == 3 ? List.of() : texts(reply.subList(3, reply.size())));
      case "GONE" -> new SaveOutcome.Gone();
      case "FORMER" -> new SaveOutcome.Former();
      case "REFUSED" -> new SaveOutcome.Refused();
      case "FULL" ->
          throw SessionTooLargeException.attributes(
              Long.parseLong(text(reply.get(1))), options.maxAttributes());
      default -> throw new IllegalStateException("the id of a new session is taken");
    };
  }
}
