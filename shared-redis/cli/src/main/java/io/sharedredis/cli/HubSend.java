package io.sharedredis.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code hub send}: calls clients, whichever server has them. */
@Command(name = "send", description = "Call a method of a hub's clients, as a server would.")
final class HubSend implements Callable<Integer> {

  @Mixin CommonOptions common = new CommonOptions();
  @Mixin HubOptions hub = new HubOptions();

  @Option(names = "--all", description = "Every client.")
  boolean all;

  @Option(names = "--group", paramLabel = "<name>", description = "Members of a group.")
  @Nullable String group;

  @Option(names = "--user", paramLabel = "<id>", description = "Connections of a user.")
  @Nullable String user;

  @Option(names = "--connection", paramLabel = "<id>", description = "One connection.")
  @Nullable String connection;

  @Parameters(index = "0", paramLabel = "<target>", description = "Method of the clients.")
  String target = "";

  @Parameters(
      index = "1",
      paramLabel = "<json arguments>",
      description = "Its arguments as a JSON array, such as '[\"hello\",7]'.")
  String arguments = "";

  private final Surroundings io;

  HubSend(Surroundings io) {
    this.io = io;
  }

  /**
   * Whose clients are meant.
   *
   * @param kind as the option is named
   */
  record Audience(String kind, String name) {}

  @Override
  public Integer call() {
    hub.check();
    Audience audience = audience();
    if (target.isBlank()) {
      throw new UsageException("<target> is empty: name a method of the clients");
    }
    byte[] payload = RedisHub.payload(target, arguments);
    long servers;
    try (RedisHub opened = RedisHub.open(hub, io)) {
      servers = opened.send(audience, payload);
    }
    if (common.json) {
      Map<String, @Nullable Object> json = Json.object();
      json.put("hub", hub.hub);
      json.put("audience", audience.kind());
      json.put("name", audience.kind().equals("all") ? null : audience.name());
      json.put("target", target);
      json.put("servers", servers);
      io.print(Json.line(json));
    } else {
      io.print(Long.toString(servers));
    }
    if (servers == 0) {
      io.say("note: nobody heard it; " + nobody(audience));
    } else if (!common.json) {
      io.say("sent; " + servers + (servers == 1 ? " server" : " servers") + " heard it");
    }
    return 0;
  }

  private Audience audience() {
    int named =
        (all ? 1 : 0)
            + (group == null ? 0 : 1)
            + (user == null ? 0 : 1)
            + (connection == null ? 0 : 1);
    if (named != 1) {
      throw new UsageException(
          "who is meant? exactly one of --all, --group <name>, --user <id>, --connection <id>");
    }
    if (all) {
      return new Audience("all", "");
    }
    if (group != null) {
      return new Audience("group", group);
    }
    if ("".equals(user) || "".equals(connection)) {
      throw new UsageException("--user and --connection must not be empty");
    }
    return user != null
        ? new Audience("user", user)
        : new Audience("connection", String.valueOf(connection));
  }

  private static String nobody(Audience audience) {
    return switch (audience.kind()) {
      case "all" -> "no server of this hub listens: check --hub and --channel-prefix";
      case "group" -> "no server has a member of this group";
      case "user" -> "no server has a connection of this user";
      default -> "no server has this connection";
    };
  }
}
