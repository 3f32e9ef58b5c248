package io.sharedredis.spring.session;

import io.lettuce.core.codec.StringCodec;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.connection.RedisSubscriber;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends what hangs on a session within two seconds of the session's own end, on whichever replica
 * that happens.
 *
 * <p>Two ways, because neither is enough: a session that somebody ends (sign-out) is announced over
 * pub/sub at once; a session that expires is announced by nobody, and an announcement can be
 * missed, so once a second Redis is asked which of the sessions in use here are still there. Redis
 * that does not answer has not said that they are gone: then nothing ends. Thread-safe.
 */
public final class SessionWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SessionWatch.class);

  /** Between two questions; with the command deadline this stays below two seconds. */
  private static final Duration EVERY = Duration.ofSeconds(1);

  /** Questions in one go: half a megabyte on the way at most. */
  private static final int BATCH = 5_000;

  private final RedisLink<byte[], byte[]> link;
  private final WatchedSessions sessions;
  private final SessionConnections connections;
  private final ScheduledExecutorService scheduler;
  private final RedisSubscriber<String, String> announcements;

  /**
   * Begins to watch.
   *
   * @param link to the Redis of sessions; stays the caller's
   * @param scheduler asks once a second; shut down by {@link #close()}
   */
  public SessionWatch(
      RedisNetwork network,
      RedisLink<byte[], byte[]> link,
      WatchedSessions sessions,
      SessionConnections connections,
      ScheduledExecutorService scheduler) {
    this.link = link;
    this.sessions = sessions;
    this.connections = connections;
    this.scheduler = scheduler;
    this.announcements =
        new RedisSubscriber<>(
            network,
            "session announcements",
            link.address(),
            StringCodec.UTF8,
            (channel, announcement) -> hand(announcement),
            () -> {},
            sessions.channel());
    var unused =
        scheduler.scheduleWithFixedDelay(
            this::askSafely, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Tells every replica that a session was ended; returns at once and never fails. */
  public static void announce(RedisLink<byte[], byte[]> link, SessionKeys keys, String sessionId) {
    link.async(redis -> redis.publish(bytes(keys.channel()), bytes(sessionId)))
        .whenComplete(
            (heard, failure) -> {
              if (failure != null) {
                // The question that is asked every second finds out.
                log.debug("The end of a session could not be announced", failure);
              }
            });
  }

  /** Leaves the driver's thread: ending connections is not its work. */
  private void hand(String announcement) {
    scheduler.execute(
        () -> sessions.ended(announcement, connections.sessionIds()).forEach(this::end));
  }

  private void end(String sessionId) {
    try {
      connections.sessionEnded(sessionId);
    } catch (RuntimeException e) {
      log.warn("What hangs on an ended session could not be ended", e);
    }
  }

  private void askSafely() {
    try {
      List<String> ids = new ArrayList<>(connections.sessionIds());
      for (int from = 0; from < ids.size(); from += BATCH) {
        ask(ids.subList(from, Math.min(ids.size(), from + BATCH)));
      }
    } catch (RuntimeException e) {
      log.debug("Redis did not say which sessions are still there", e);
    }
  }

  /** One command per session, all on the way at once, so that it works in a cluster too. */
  private void ask(List<String> ids) {
    Map<String, CompletionStage<Long>> answers = new LinkedHashMap<>();
    for (String id : ids) {
      answers.put(id, link.async(redis -> redis.exists(bytes(sessions.key(id)))));
    }
    answers.forEach(
        (id, answer) -> {
          // The driver ends each stage within the command deadline.
          if (answer.toCompletableFuture().join() == 0) {
            end(id);
          }
        });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    announcements.close();
    scheduler.shutdownNow();
  }
}
