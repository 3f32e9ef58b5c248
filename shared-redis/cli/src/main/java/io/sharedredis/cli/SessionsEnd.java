package io.sharedredis.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sessions end}: one session, or all of a user. */
@Command(
    name = "end",
    description = "End one session, or all of a user, on every replica within a second.")
final class SessionsEnd implements Callable<Integer> {

  /** What names a session to people. */
  private static final Pattern INTERNAL = Pattern.compile("[A-Za-z0-9_-]{22}");

  @Mixin CommonOptions common = new CommonOptions();
  @Mixin SessionsOptions sessions = new SessionsOptions();

  @Option(
      names = "--id",
      paramLabel = "<id>",
      description = "Internal id, as 'sessions list' shows.")
  @Nullable String id;

  @Option(
      names = "--user",
      paramLabel = "<name>",
      description = "With --id: end it only if it is a session of this user.")
  @Nullable String user;

  @Option(names = "--all-of", paramLabel = "<name>", description = "End all sessions of a user.")
  @Nullable String allOf;

  private final Surroundings io;

  SessionsEnd(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    if ((id == null) == (allOf == null)) {
      throw new UsageException("which sessions? give either --id <id> or --all-of <name>");
    }
    if (user != null && id == null) {
      throw new UsageException("--user goes with --id; all sessions of a user: --all-of <name>");
    }
    if (id != null && !INTERNAL.matcher(id).matches()) {
      // It may be the value of a cookie, which is a secret.
      throw new UsageException("--id is no internal id: 'sessions list --user <name>' shows them");
    }
    try (RedisSessions opened = RedisSessions.open(sessions, io)) {
      return id == null ? endAll(opened, String.valueOf(allOf)) : end(opened, id);
    }
  }

  private int end(RedisSessions opened, String session) {
    if (!opened.end(session, user)) {
      throw new FailedException(
          "no session " + session + (user == null ? "" : " of this user") + " is there");
    }
    io.say("ended 1 session");
    report(List.of(session));
    return 0;
  }

  private int endAll(RedisSessions opened, String whose) {
    List<String> ended = opened.endAll(whose);
    io.say("ended " + Counts.of(ended.size(), "session"));
    report(ended);
    return 0;
  }

  private void report(List<String> ended) {
    if (common.json) {
      Map<String, @Nullable Object> json = Json.object();
      json.put("application", sessions.app);
      json.put("ended", ended);
      io.print(Json.line(json));
    } else {
      ended.forEach(io::print);
    }
  }
}
