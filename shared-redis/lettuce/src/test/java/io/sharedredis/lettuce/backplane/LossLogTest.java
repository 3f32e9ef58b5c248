package io.sharedredis.lettuce.backplane;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.sharedredis.hub.ReliableGap;
import io.sharedredis.testkit.MutableClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LossLogTest {

  private final MutableClock clock = MutableClock.at("2026-01-31T12:00:00Z");
  private final LossLog losses = new LossLog("Hub", Duration.ofSeconds(30), clock);
  private final Logger logger = (Logger) LoggerFactory.getLogger(LossLog.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
  }

  private List<String> warnings() {
    return lines.list.stream()
        .filter(line -> line.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void aHistoryLostForManyChannelsIsTwoLinesThatNameNobody() {
    for (int i = 0; i < 1_000; i++) {
      losses.lost(
          new ReliableGap(
              ReliableGap.Audience.USER, "user-" + i, -1, ReliableGap.Reason.HISTORY_LOST));
    }
    assertThat(warnings()).hasSize(1);
    clock.advance(Duration.ofSeconds(31));
    losses.tick();
    losses.tick();
    assertThat(warnings())
        .hasSize(2)
        .noneMatch(line -> line.contains("user-"))
        .last()
        .asString()
        .contains("999", "HISTORY_LOST");
  }
}
