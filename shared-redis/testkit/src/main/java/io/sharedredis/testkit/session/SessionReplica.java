package io.sharedredis.testkit.session;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One replica of what is held against the model; ids are public ids, internals name sessions. */
public interface SessionReplica {

  /** Creates a session of a user, or of nobody where the name is empty. */
  Written create(Map<String, String> first, String user);

  /** What a request with this id reads; empty for no session. */
  Optional<Read> read(String id);

  /** Writes what a request changed, once for each read. */
  Written write(Read read, Change change);

  /** Signs out; whether there was a session, or null where that is not told. */
  @Nullable Boolean end(String id);

  /** Ends one session of a user; whether it was theirs. */
  boolean endOf(String user, String internal);

  /** Ends all sessions of a user but one; at least those that were there. */
  List<String> endAll(String user, String exceptInternal);

  /** Internals of a user's sessions. */
  Set<String> list(String user);

  /** Claims and confirms all sessions that have expired; their internals. */
  Set<String> reportExpired();

  /** Another id of the same session, which it has not. */
  String renewed(String id);

  /**
   * What a request has read.
   *
   * @param generation -1 where that is not told
   * @param handle of the replica's own
   */
  record Read(
      String id,
      Map<String, String> values,
      long generation,
      boolean neverExpires,
      Object handle) {}

  /**
   * What a request changes.
   *
   * @param newId whether the session gets another id
   * @param user from now on, empty for nobody, null to keep whose it is
   * @param never whether it never expires from now on, null to keep that
   */
  record Change(
      Map<String, String> set,
      Set<String> removed,
      boolean newId,
      @Nullable String user,
      @Nullable Boolean never) {

    /** Whether there is nothing to write. */
    public boolean isEmpty() {
      return set.isEmpty() && removed.isEmpty() && !newId && user == null && never == null;
    }
  }

  /**
   * What became of a write.
   *
   * @param id of the session now; a wanted one if it was not written
   * @param generation -1 where that is not told
   * @param conflict null where that is not told
   * @param ended internals that were ended for it, null where that is not told
   */
  record Written(
      Word word,
      String id,
      long generation,
      @Nullable Boolean conflict,
      @Nullable List<String> ended) {

    /** Of which nothing more is told. */
    public static Written of(Word word, String id) {
      return new Written(word, id, -1, null, null);
    }
  }

  /** How a write went. */
  enum Word {
    /** Written. */
    SAVED,
    /** There is no such session any more. */
    GONE,
    /** A former id wanted another one: refused. */
    FORMER,
    /** The same, and the request goes on with a session of its own. */
    ANOTHER,
    /** The user has as many sessions as allowed. */
    REFUSED,
    /** There was nothing to write, and nothing was asked. */
    NOTHING
  }
}
