package io.sharedredis.cli;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sessions list}: how many sessions there are, or those of a user. */
@Command(
    name = "list",
    description = "Count the sessions of an application, or list those of a user.")
final class SessionsList implements Callable<Integer> {

  /** Sessions in one answer: some megabytes at the limits of a session. */
  private static final int MOST = 1000;

  @Mixin CommonOptions common = new CommonOptions();
  @Mixin SessionsOptions sessions = new SessionsOptions();

  @Option(names = "--user", paramLabel = "<name>", description = "Whose sessions to list.")
  @Nullable String user;

  @Option(names = "--from", paramLabel = "<n>", description = "How many to pass over. Default: 0")
  int from;

  @Option(
      names = "--count",
      paramLabel = "<n>",
      description = "How many to list, 1 to 1000. Default: 100")
  int count = 100;

  private final Surroundings io;

  SessionsList(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    if (from < 0 || count < 1 || count > MOST) {
      throw new UsageException("--from must be 0 or more and --count between 1 and " + MOST);
    }
    try (RedisSessions opened = RedisSessions.open(sessions, io)) {
      if (user == null) {
        count(opened.count());
      } else {
        list(user, opened.list(user, from, count));
      }
      return 0;
    }
  }

  private void count(long total) {
    Map<String, @Nullable Object> json = Json.object();
    json.put("application", sessions.app);
    json.put("count", total);
    io.print(common.json ? Json.line(json) : Long.toString(total));
  }

  private void list(String whose, RedisSessions.Page page) {
    if (common.json) {
      Map<String, @Nullable Object> json = Json.object();
      json.put("application", sessions.app);
      json.put("user", whose);
      json.put("count", page.total());
      json.put("from", from);
      json.put("sessions", page.sessions().stream().map(SessionView::json).toList());
      io.print(Json.line(json));
      return;
    }
    if (!page.sessions().isEmpty()) {
      io.print(table(page));
    }
    if (from + page.sessions().size() < page.total()) {
      io.say(page.total() + " sessions in all; the next ones with --from " + (from + count));
    }
    if (!page.sessions().isEmpty() && !sessions.namesRing()) {
      io.say("note: with the key ring (--ring-redis or --directory) places are shown");
    }
  }

  private static String table(RedisSessions.Page page) {
    String row = "%-22s  %-20s  %-20s  %-12s  %-15s  %s";
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT, row, "ID", "BEGAN", "LAST USED", "REPLICA", "ADDRESS", "DEVICE"));
    for (SessionView session : page.sessions()) {
      SessionView.Place place = session.place();
      // A client says what device it is; it does not say what a terminal does.
      table
          .append('\n')
          .append(
              String.format(
                      Locale.ROOT,
                      row,
                      session.id(),
                      KeyView.seconds(session.created()),
                      KeyView.seconds(session.lastUsed()),
                      place == null ? "" : Printable.of(place.replica()),
                      place == null ? "" : Printable.of(place.address()),
                      place == null ? "" : Printable.of(place.device()))
                  .stripTrailing());
    }
    return table.toString();
  }
}
