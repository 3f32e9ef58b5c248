package io.sharedredis.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code hub watch}: what servers of a hub say to each other, decoded, one line a message. */
@Command(name = "watch", description = "Show what a hub's servers send each other.")
final class HubWatch implements Callable<Integer> {

  /** Between two looks at whether it is time to end; longer than no traffic takes to notice. */
  private static final Duration LOOK = Duration.ofMillis(200);

  @Mixin CommonOptions common = new CommonOptions();
  @Mixin HubOptions hub = new HubOptions();

  @Option(
      names = "--replicas",
      description =
          "Show announcements of Java replicas and the requests that they relay too, the latter of"
              + " all hubs on this Redis.")
  boolean replicas;

  @Option(names = "--count", paramLabel = "<n>", description = "End after so many messages.")
  @Nullable Long count;

  @Option(names = "--for", paramLabel = "<duration>", description = "End after that time.")
  @Nullable String time;

  private final Surroundings io;
  private long seen;
  private long malformed;

  HubWatch(Surroundings io) {
    this.io = io;
  }

  @Override
  public Integer call() {
    hub.check();
    if (count != null && count < 1) {
      throw new UsageException("--count must be 1 or more");
    }
    Duration longest = time == null ? null : Durations.parse("--for", time);
    if (longest != null && (longest.isNegative() || longest.isZero())) {
      throw new UsageException("--for must be longer than nothing");
    }
    try (RedisTraffic traffic = RedisTraffic.open(hub, replicas, io)) {
      watch(traffic, longest);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    io.say(seen + " messages" + (malformed == 0 ? "" : ", " + malformed + " of them malformed"));
    return 0;
  }

  private void watch(RedisTraffic traffic, @Nullable Duration longest) throws InterruptedException {
    long begin = System.nanoTime();
    // A reader that has gone, such as head, ends it too.
    while ((count == null || seen < count)
        && !io.out().checkError()
        && (longest == null || System.nanoTime() - begin < longest.toNanos())) {
      RedisTraffic.Line line = traffic.next(LOOK);
      if (line == null) {
        continue;
      }
      if (line.json() == null) {
        io.say(line.text());
        continue;
      }
      seen++;
      if (line.malformed()) {
        malformed++;
        line.json().put("malformed", malformed);
      }
      io.print(
          common.json
              ? Json.line(line.json())
              : (line.malformed()
                  ? line.text() + " (malformed so far: " + malformed + ")"
                  : line.text()));
    }
  }
}
