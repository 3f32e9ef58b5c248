package io.sharedredis.cli;

import io.sharedredis.cli.RedisTraffic.Line;
import io.sharedredis.lettuce.backplane.TrafficContent;
import io.sharedredis.lettuce.backplane.TrafficContent.Acknowledged;
import io.sharedredis.lettuce.backplane.TrafficContent.Announced;
import io.sharedredis.lettuce.backplane.TrafficContent.Answered;
import io.sharedredis.lettuce.backplane.TrafficContent.Call;
import io.sharedredis.lettuce.backplane.TrafficContent.Delivered;
import io.sharedredis.lettuce.backplane.TrafficContent.GroupChange;
import io.sharedredis.lettuce.backplane.TrafficContent.Relayed;
import io.sharedredis.lettuce.backplane.TrafficContent.Unusable;
import io.sharedredis.lettuce.backplane.TrafficEvent.Seen;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How a message between servers is shown: a line for people, members for machines. */
final class RedisTrafficView {

  /** Characters of a line for people; {@code --json} shows everything. */
  private static final int LONGEST = 2_000;

  private RedisTrafficView() {}

  static Line of(Seen seen) {
    Map<String, @Nullable Object> json = Json.object();
    json.put("time", seen.at());
    json.put("channel", seen.channel());
    json.put("bytes", seen.bytes());
    String text = fill(json, seen.content());
    String line = Printable.of(seen.at() + "  " + text + "  [" + seen.bytes() + " bytes]");
    return new Line(
        line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…",
        json,
        seen.content() instanceof Unusable);
  }

  private static String fill(Map<String, @Nullable Object> json, TrafficContent content) {
    if (content instanceof Delivered delivered) {
      return delivered(json, delivered);
    }
    if (content instanceof GroupChange change) {
      json.put("kind", "group-command");
      json.put("id", change.id());
      json.put("server", change.server());
      json.put("action", change.action());
      json.put("group", change.group());
      json.put("connection", change.connectionId());
      return "group command %d of %s: %s connection %s, group %s"
          .formatted(
              change.id(), change.server(), change.action(), change.connectionId(), change.group());
    }
    if (content instanceof Acknowledged ack) {
      json.put("kind", "ack");
      json.put("id", ack.id());
      json.put("server", ack.server());
      return "ack %d to %s".formatted(ack.id(), ack.server());
    }
    if (content instanceof Answered answer) {
      json.put("kind", "client-result");
      json.put("server", answer.server());
      json.put("protocol", answer.protocol());
      json.put("invocation", answer.invocationId());
      json.put("error", answer.error());
      json.put("result", answer.result() == null ? null : new Json.Raw(answer.result()));
      return "client result %s to %s: %s"
          .formatted(
              answer.invocationId(),
              answer.server(),
              answer.error() != null ? "error " + answer.error() : "" + answer.result());
    }
    if (content instanceof Announced announced) {
      json.put("kind", "announcement");
      json.put("announcement", announced.kind());
      json.put("server", announced.server());
      json.put("connections", announced.connections());
      return "replica %s: %s, %d connections"
          .formatted(announced.server(), announced.kind(), announced.connections());
    }
    if (content instanceof Relayed relayed) {
      json.put("kind", "relay");
      json.put("relay", relayed.kind());
      json.put("from", relayed.from());
      json.put("to", relayed.to());
      json.put("exchange", relayed.exchange());
      json.put("what", relayed.what());
      return "relay %s -> %s: %s%s, exchange %d"
          .formatted(
              relayed.from(),
              relayed.to(),
              relayed.kind(),
              relayed.what() == null ? "" : " " + relayed.what(),
              relayed.exchange());
    }
    Unusable unusable = (Unusable) content;
    json.put("kind", "malformed");
    json.put("of", unusable.kind());
    json.put("reason", unusable.reason());
    return "malformed %s on %s: %s"
        .formatted(unusable.kind(), json.get("channel"), unusable.reason());
  }

  private static String delivered(Map<String, @Nullable Object> json, Delivered delivered) {
    boolean all = delivered.audience().equals("all");
    json.put("kind", delivered.audience());
    json.put("name", all ? null : delivered.name());
    json.put("excluded", delivered.excluded());
    json.put("protocols", delivered.protocols());
    json.put("calls", delivered.calls().stream().map(RedisTrafficView::call).toList());
    json.put("return_channel", delivered.returnChannel());
    json.put("publisher", delivered.publisher());
    json.put("position", delivered.position());
    return "%s%s: %s%s%s%s  %s"
        .formatted(
            delivered.audience(),
            all ? "" : " " + delivered.name(),
            delivered.calls().stream()
                .map(RedisTrafficView::text)
                .collect(Collectors.joining(", ")),
            delivered.excluded().isEmpty()
                ? ""
                : "  except " + String.join(",", delivered.excluded()),
            delivered.returnChannel() == null ? "" : "  answer to " + delivered.returnChannel(),
            delivered.position() == null ? "" : "  reliable " + delivered.position(),
            String.join(",", delivered.protocols()));
  }

  private static String text(Call call) {
    return (call.target().isEmpty() ? call.type() : call.target()) + call.values();
  }

  private static Map<String, @Nullable Object> call(Call call) {
    Map<String, @Nullable Object> json = Json.object();
    json.put("type", call.type());
    json.put("target", call.target().isEmpty() ? null : call.target());
    json.put("invocation", call.invocationId());
    json.put("arguments", new Json.Raw(call.values()));
    return json;
  }
}
