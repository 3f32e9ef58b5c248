package io.sharedredis.webspa.ordering;

import io.sharedredis.webspa.background.BackgroundLoop;
import io.sharedredis.webspa.database.DatabaseStart;
import java.time.Duration;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Looks for orders whose time has come. Runs on every replica; row locks give each step to one. */
@Component
class OrderClockwork implements SmartLifecycle {

  private final OrderLife life;
  private final DatabaseStart database;
  private final Duration tick;
  private final BackgroundLoop loop = new BackgroundLoop("shop-orders", this::tick);

  OrderClockwork(OrderLife life, DatabaseStart database, OrderingProperties properties) {
    this.life = life;
    this.database = database;
    this.tick = properties.tick();
  }

  private Duration tick() {
    return database.ready() && life.stepOfOneDueOrder() ? Duration.ZERO : tick;
  }

  @Override
  public void start() {
    loop.start();
  }

  @Override
  public void stop() {
    loop.stop();
  }

  @Override
  public boolean isRunning() {
    return loop.isRunning();
  }
}
