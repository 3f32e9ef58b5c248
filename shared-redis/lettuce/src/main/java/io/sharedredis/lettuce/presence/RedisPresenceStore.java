package io.sharedredis.lettuce.presence;

import io.lettuce.core.ScriptOutputType;
import io.sharedredis.hub.PresenceEvent;
import io.sharedredis.lettuce.connection.LuaScript;
import io.sharedredis.lettuce.connection.RedisLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One hub's record in Redis: all its keys lie in one slot, each call is one script. */
final class RedisPresenceStore implements PresenceStore {

  /** How long who cleans up has for the next step; longer than a deadline. */
  private static final Duration CLAIM = Duration.ofSeconds(3);

  /** Connections cleaned up in one step: some ten milliseconds of Redis' time. */
  private static final int STEP = 200;

  private static final LuaScript ENTER = script("enter.lua");
  private static final LuaScript WRITE = script("write.lua");
  private static final LuaScript BEAT = script("beat.lua");
  private static final LuaScript CLEAN = script("clean.lua");
  private static final LuaScript LEAVE = script("leave.lua");
  private static final LuaScript COUNT = script("count.lua");
  private static final LuaScript PAGE = script("page.lua");

  private final RedisLink<String, String> link;
  private final String prefix;
  private final String lease;

  RedisPresenceStore(RedisLink<String, String> link, String prefix, PresenceTimes times) {
    this.link = link;
    this.prefix = prefix;
    this.lease = Long.toString(times.lease().toMillis());
  }

  private static LuaScript script(String name) {
    return LuaScript.beside(RedisPresenceStore.class, "common.lua", name);
  }

  private <T> CompletionStage<T> run(LuaScript script, ScriptOutputType type, String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = prefix;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return link.async(redis -> script.run(redis, type, new String[] {prefix + "leases"}, all));
  }

  @Override
  public CompletionStage<Long> enter(String inventory) {
    return run(ENTER, ScriptOutputType.INTEGER, inventory, lease);
  }

  @Override
  public CompletionStage<Boolean> write(
      String inventory, long number, List<PresenceEntry> entries) {
    List<String> arguments = new ArrayList<>();
    arguments.add(inventory);
    arguments.add(Long.toString(number));
    arguments.add(Integer.toString(entries.size()));
    for (PresenceEntry entry : entries) {
      arguments.add(entry.connectionId());
      arguments.add(!entry.present() ? "" : entry.user() == null ? "-" : "+" + entry.user());
      arguments.add(Integer.toString(entry.groups().size()));
      arguments.addAll(entry.groups());
    }
    return this.<Long>run(WRITE, ScriptOutputType.INTEGER, arguments.toArray(String[]::new))
        .thenApply(done -> done == 1);
  }

  @Override
  public CompletionStage<Beat> beat(
      String inventory, boolean complete, long lastEvent, int events, boolean cleans) {
    return this.<List<Object>>run(
            BEAT,
            ScriptOutputType.MULTI,
            inventory,
            lease,
            complete ? "1" : "0",
            Long.toString(lastEvent),
            Integer.toString(events),
            cleans ? Long.toString(CLAIM.toMillis()) : "0")
        .thenApply(RedisPresenceStore::beat);
  }

  private static Beat beat(List<Object> answer) {
    if (number(answer.get(0)) == 0) {
      return new Beat(false, 0, null, 0, List.of());
    }
    List<Told> events = new ArrayList<>();
    for (Object entry : (List<?>) answer.get(4)) {
      List<?> parts = (List<?>) entry;
      String id = String.valueOf(parts.get(0));
      PresenceEvent event = event((List<?>) parts.get(1));
      if (event != null) {
        events.add(new Told(Long.parseLong(id.substring(0, id.indexOf('-'))), event));
      }
    }
    String dead = String.valueOf(answer.get(2));
    return new Beat(
        true,
        number(answer.get(1)),
        dead.isEmpty() ? null : dead,
        Long.parseLong(String.valueOf(answer.get(3))),
        events);
  }

  /** Null for an event of a version to come. */
  private static @Nullable PresenceEvent event(List<?> fields) {
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i + 1 < fields.size(); i += 2) {
      values.put(String.valueOf(fields.get(i)), String.valueOf(fields.get(i + 1)));
    }
    String name = values.getOrDefault("n", "");
    String connection = values.getOrDefault("c", "");
    String marked = values.getOrDefault("u", "");
    String user = marked.startsWith("+") ? marked.substring(1) : null;
    return switch (values.getOrDefault("k", "")) {
      case "uj" -> new PresenceEvent.UserJoined(name);
      case "ul" -> new PresenceEvent.UserLeft(name);
      case "mj" -> new PresenceEvent.MemberJoined(name, connection, user);
      case "ml" -> new PresenceEvent.MemberLeft(name, connection, user);
      default -> null;
    };
  }

  @Override
  public CompletionStage<Boolean> clean(String dead, String claimant) {
    return this.<Long>run(
            CLEAN,
            ScriptOutputType.INTEGER,
            dead,
            claimant,
            Long.toString(CLAIM.toMillis()),
            Integer.toString(STEP))
        .thenApply(more -> more == 1);
  }

  @Override
  public CompletionStage<Void> leave(String inventory) {
    return this.<Long>run(LEAVE, ScriptOutputType.INTEGER, inventory).thenAccept(left -> {});
  }

  @Override
  public CompletionStage<Tally> count(PresenceQuery query) {
    return this.<List<Object>>run(COUNT, ScriptOutputType.MULTI, query.argument(), query.name())
        .thenApply(
            answer ->
                new Tally(
                    number(answer.get(0)), number(answer.get(1)), number(answer.get(2)) == 1));
  }

  @Override
  public CompletionStage<Sheet> page(PresenceQuery query, @Nullable String after, int many) {
    return this.<List<Object>>run(
            PAGE,
            ScriptOutputType.MULTI,
            query.argument(),
            query.name(),
            after == null ? "" : after,
            Integer.toString(many))
        .thenApply(RedisPresenceStore::sheet);
  }

  private static Sheet sheet(List<Object> answer) {
    List<List<String>> lists = new ArrayList<>();
    for (Object list : answer.subList(2, answer.size())) {
      lists.add(((List<?>) list).stream().map(String::valueOf).toList());
    }
    String until = String.valueOf(answer.get(1));
    return new Sheet(lists, number(answer.get(0)), until.isEmpty() ? null : until);
  }

  private static long number(Object value) {
    return (Long) value;
  }
}
