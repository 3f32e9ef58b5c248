package io.sharedredis.lettuce.backplane;

import io.sharedredis.hub.ReliableGap;
import io.sharedredis.hub.ReliableGap.Audience;
import io.sharedredis.hub.ReliableGap.Reason;
import io.sharedredis.lettuce.backplane.BackplaneMessage.Delivery;
import io.sharedredis.lettuce.backplane.BackplaneMeters.Event;
import io.sharedredis.lettuce.backplane.History.Page;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reliable side of a hub's channels in this process: what is sent, the readers of the channels
 * that are listened to, and who is told of a loss. Thread-safe.
 */
final class ReliableChannels {

  private static final Logger log = LoggerFactory.getLogger(ReliableChannels.class);

  /** Between two lines in the log for one reason: a lost history is lost for every channel. */
  private static final Duration LOGGED = Duration.ofSeconds(30);

  /** Before a look is believed: what Redis has published is on its way here. */
  static final Duration ON_ITS_WAY = Duration.ofSeconds(1);

  /** Questions to a history under way at once, of all channels: a fraction of what a link takes. */
  private static final int QUESTIONS = 256;

  /**
   * Unit: bytes. Longest message that is kept, whatever plain ones may have: it must be read back
   * within a command's deadline, or it would hold its channel up for ever.
   */
  static final int LONGEST = PageSize.BYTES;

  /** Unit: milliseconds. Between two looks at what local order waits for. */
  private static final long TICK = 1_000;

  private final History history;
  private final Channels channels;
  private final ReliableOptions options;
  private final InstantSource clock;
  private final ScheduledExecutorService scheduler;
  private final BackplaneMeters meters;
  private final ReliablePublisher publisher;
  private final LocalOrder order;
  private final Turnstile questions;
  private final Room room;
  private final Map<String, ChannelReader> readers = new ConcurrentHashMap<>();
  private final List<Consumer<ReliableGap>> listeners = new CopyOnWriteArrayList<>();
  private final List<ScheduledFuture<?>> timers;
  private final LossLog reports;

  ReliableChannels(
      History history,
      Channels channels,
      ReliableOptions options,
      int maxMessageBytes,
      InstantSource clock,
      ScheduledExecutorService scheduler,
      RandomGenerator random,
      BackplaneMeters meters) {
    this.history = history;
    this.channels = channels;
    this.options = options;
    this.clock = clock;
    this.scheduler = scheduler;
    this.meters = meters;
    this.order = new LocalOrder(clock);
    this.questions = new Turnstile(options.maxFillBytes());
    this.room = new Room(options.maxHeldBytes());
    this.reports = new LossLog(channels.hub(), LOGGED, clock);
    this.publisher =
        new ReliablePublisher(
            history,
            random.nextLong(),
            Math.min(maxMessageBytes, LONGEST),
            options.retryTimeout(),
            clock,
            scheduler,
            random,
            meters);
    long interval = options.checkInterval().toMillis();
    this.timers =
        List.of(
            scheduler.scheduleWithFixedDelay(
                this::check, interval, interval, TimeUnit.MILLISECONDS),
            scheduler.scheduleWithFixedDelay(this::tick, TICK, TICK, TimeUnit.MILLISECONDS));
  }

  private void tick() {
    order.expire();
    publisher.expire();
    reports.tick();
  }

  private void check() {
    readers.values().forEach(ChannelReader::check);
  }

  /**
   * Sends to all who listen to a channel, this process included; completes when the message is
   * kept.
   */
  CompletionStage<Void> send(
      String channel, Collection<String> excluded, Outgoing outgoing, @Nullable String key) {
    ChannelReader here = readers.get(channel);
    LocalOrder.Turn turn = here == null ? null : order.begin(channel);
    // While Redis is away, plain messages to clients here do not wait for it.
    Runnable delayed = turn == null ? () -> {} : turn::end;
    CompletableFuture<Position> sent =
        publisher.send(channel, excluded, outgoing.framed(), key, delayed);
    if (here != null && turn != null) {
      var unused =
          sent.whenComplete(
              (position, failure) -> {
                if (failure == null) {
                  here.whenReached(position, turn::end);
                } else {
                  turn.end();
                }
              });
    }
    return sent.thenAccept(position -> {});
  }

  /** Delivers a plain message of this process here, behind its reliable ones. */
  void plain(String channel, Runnable deliver) {
    order.plain(channel, deliver);
  }

  /** A reader for a channel that may be subscribed; it counts once it hears. */
  ChannelReader reader(String channel, Consumer<Delivery> sink) {
    return new ChannelReader(channel, this, sink);
  }

  void heard(ChannelReader reader) {
    ChannelReader before = readers.put(reader.channel(), reader);
    if (before != null && before != reader) {
      before.close();
    }
    if (reader.gone()) {
      // It was left between the broker's word and here; whichever comes second removes it.
      readers.remove(reader.channel(), reader);
      return;
    }
    reader.heard();
  }

  void left(ChannelReader reader) {
    reader.leave();
    readers.remove(reader.channel(), reader);
  }

  /** How many channels are read. */
  int reading() {
    return readers.size();
  }

  /** Completes when what is sent to the channel from now on reaches this process, come what may. */
  CompletionStage<Void> started(String channel) {
    ChannelReader reader = readers.get(channel);
    return reader == null ? CompletableFuture.completedFuture(null) : reader.started();
  }

  /**
   * Runs the task between two messages of the channel, with the place of the last that its reader
   * has brought; null when nobody knows.
   */
  void between(String channel, Consumer<@Nullable Position> task) {
    ChannelReader reader = readers.get(channel);
    if (reader == null) {
      task.accept(null);
    } else {
      reader.between(task);
    }
  }

  void onGap(Consumer<ReliableGap> listener) {
    listeners.add(listener);
  }

  // What the readers need.

  /** For what waits until a history was asked, of all channels. */
  Room room() {
    return room;
  }

  CompletionStage<Position> end(String channel) {
    return questions.pass(leastBytes(), () -> history.end(channel));
  }

  CompletionStage<Page> after(String channel, Position position, int messages, int bytes) {
    return questions.pass(
        Math.max(bytes, leastBytes()), () -> history.after(channel, position, messages, bytes));
  }

  /** What a question counts for at least, which bounds their number as well. */
  private int leastBytes() {
    return options.maxFillBytes() / QUESTIONS;
  }

  void later(long millis, Runnable task) {
    try {
      var unused = scheduler.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("The process ends; a channel is not read any more");
    }
  }

  Instant now() {
    return clock.instant();
  }

  /** How long a message that was not confirmed may be sent again. */
  Duration sentAgainWithin() {
    return options.retryTimeout();
  }

  Duration endKept() {
    return RedisHistory.endKept(options);
  }

  /** What a kept payload says; null when it is none, which is counted. */
  @Nullable Delivery decode(byte[] payload) {
    try {
      return BackplaneCodec.delivery(payload);
    } catch (MalformedMessageException e) {
      meters.malformed("history", String.valueOf(e.getMessage()));
      return null;
    }
  }

  void count(Event event) {
    meters.count(event);
  }

  /**
   * Messages were taken from the history.
   *
   * @param whole whether nothing was missing there
   */
  void filled(int messages, boolean whole) {
    meters.count(Event.RELIABLE_FILLED, messages);
    if (messages > 0 && whole) {
      meters.count(Event.GAPS_FILLED);
    }
  }

  /** Messages are missing and nothing brings them back. */
  void lost(String channel, long missing, Reason reason) {
    meters.count(Event.GAPS_LOST);
    String kind = String.valueOf(channels.kind(channel));
    ReliableGap gap =
        switch (kind) {
          case "group" -> gap(Audience.GROUP, channel, channels.group(""), missing, reason);
          case "user" -> gap(Audience.USER, channel, channels.user(""), missing, reason);
          case "connection" ->
              gap(Audience.CONNECTION, channel, channels.connection(""), missing, reason);
          default -> new ReliableGap(Audience.ALL, "", missing, reason);
        };
    reports.lost(gap);
    for (Consumer<ReliableGap> listener : listeners) {
      try {
        listener.accept(gap);
      } catch (RuntimeException e) {
        // Whoever is told must not keep the others' messages from them.
        log.warn("A listener for gaps failed", e);
      }
    }
  }

  private static ReliableGap gap(
      Audience audience, String channel, String beginning, long missing, Reason reason) {
    return new ReliableGap(audience, channel.substring(beginning.length()), missing, reason);
  }

  void close() {
    timers.forEach(timer -> timer.cancel(false));
    readers.values().forEach(ChannelReader::close);
    readers.clear();
  }
}
