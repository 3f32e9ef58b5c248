package io.sharedredis.lettuce.backplane;

import io.lettuce.core.RedisCommandExecutionException;
import io.sharedredis.lettuce.backplane.History.Kept;
import io.sharedredis.lettuce.backplane.History.Page;
import io.sharedredis.lettuce.connection.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What Redis answers to questions about a history, and what its refusals mean. */
final class HistoryAnswers {

  /** Refusals that pass: another node, another master, or a server that is not ready yet. */
  private static final Pattern PASSING =
      Pattern.compile(
          "\\b(LOADING|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|READONLY|NOREPLICAS|MOVED|ASK|OOM|MISCONF)\\b");

  private HistoryAnswers() {}

  /** As {@code page.lua} gives it. */
  static Page page(List<? extends @Nullable Object> answer) {
    Position end =
        answer.get(0) instanceof byte[] epoch && answer.get(1) instanceof byte[] offset
            ? end(epoch, offset)
            : Position.START;
    List<Kept> kept = new ArrayList<>(answer.size() / 3);
    for (int i = 3; i < answer.size(); i += 3) {
      Kept entry =
          kept(
              (byte[]) Objects.requireNonNull(answer.get(i)),
              (byte[]) answer.get(i + 1),
              (byte[]) answer.get(i + 2));
      if (entry != null) {
        kept.add(entry);
      }
    }
    return new Page(end, kept, Long.valueOf(1).equals(answer.get(2)));
  }

  /**
   * @throws HistoryException if it is no position
   */
  static Position end(byte[] epoch, byte[] offset) {
    try {
      return new Position(number(epoch), number(offset));
    } catch (NumberFormatException e) {
      throw new HistoryException(
          HistoryException.Kind.REFUSED, "the end of a channel's history is no position", e);
    }
  }

  /**
   * An entry that somebody else wrote takes nothing but itself away: without a payload its reader
   * counts it as malformed, without a usable predecessor it is taken to follow the one before.
   */
  private static @Nullable Kept kept(
      byte[] id, byte @Nullable [] payload, byte @Nullable [] previous) {
    try {
      Position position = Position.parse(new String(id, StandardCharsets.US_ASCII));
      return new Kept(
          position,
          previous == null ? before(position) : previous(previous, position),
          payload == null ? new byte[0] : payload);
    } catch (MalformedMessageException e) {
      // Numbers beyond 63 bits: nothing that counts from here can come after it.
      return null;
    }
  }

  private static Position previous(byte[] id, Position position) {
    try {
      return Position.parse(new String(id, StandardCharsets.US_ASCII));
    } catch (MalformedMessageException e) {
      return before(position);
    }
  }

  private static Position before(Position position) {
    return new Position(position.epoch(), Math.max(0, position.offset() - 1));
  }

  /** What a failure says of the attempt. */
  static HistoryException translate(Throwable failure) {
    if (failure instanceof HistoryException known) {
      return known;
    }
    String message = String.valueOf(failure.getMessage());
    HistoryException.Kind kind = HistoryException.Kind.UNKNOWN;
    if (failure instanceof RedisUnavailableException) {
      // Without a cause nothing was sent: there was no connection, or the circuit was open.
      kind =
          failure.getCause() == null
              ? HistoryException.Kind.NOT_SENT
              : HistoryException.Kind.UNKNOWN;
    } else if (failure instanceof RedisCommandExecutionException) {
      kind =
          PASSING.matcher(message).find()
              ? HistoryException.Kind.NOT_SENT
              : HistoryException.Kind.REFUSED;
    }
    return new HistoryException(kind, message, Objects.requireNonNull(failure));
  }

  private static long number(byte[] value) {
    return Long.parseLong(new String(value, StandardCharsets.US_ASCII));
  }
}
