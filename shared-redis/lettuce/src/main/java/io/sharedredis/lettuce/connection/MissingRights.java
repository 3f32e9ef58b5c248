package io.sharedredis.lettuce.connection;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once for each right that the user of a Redis lacks it: the same call is refused with every
 * request, and one line is enough to act on. Thread-safe.
 */
public final class MissingRights {

  private static final Logger log = LoggerFactory.getLogger(MissingRights.class);

  /** Refusals that are told; more than there are commands in use, so that nothing is left out. */
  private static final int MOST = 256;

  /** What Redis before 7.0 says when a script may not call a command. */
  private static final String IN_SCRIPT = "can't run this command";

  private final Set<String> told = ConcurrentHashMap.newKeySet();

  MissingRights() {}

  /**
   * Looks at a failure.
   *
   * @param use what the connection is for
   * @param what the channel or key it was about, where that is known
   * @return whether it is about a right
   */
  public boolean look(
      String use, RedisAddress address, @Nullable String what, @Nullable Throwable failure) {
    String refusal = refusal(failure);
    if (refusal != null && told.size() < MOST && told.add(use + " " + refusal)) {
      log.error(
          "The Redis user of {} at {} lacks a right: {}{}. ACL LOG in Redis names what was refused;"
              + " docs/redis-acl.md lists every right that is needed.",
          use,
          address,
          refusal,
          what == null ? "" : " (" + what + ")");
    }
    return refusal != null;
  }

  /** The right that is missing in Redis' words, or null if nothing was refused for lack of one. */
  static @Nullable String refusal(@Nullable Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (!(cause instanceof RedisCommandExecutionException) || cause.getMessage() == null) {
      return null;
    }
    String text = cause.getMessage();
    // Behind it stand digest and line of the script, another one for each script.
    int script = text.indexOf(" script: ");
    if (script >= 0) {
      text = text.substring(0, script);
    }
    boolean refused =
        text.startsWith("NOPERM") || text.contains("ACL failure") || text.contains(IN_SCRIPT);
    return refused ? text : null;
  }
}
