package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sharedredis.hub.HubCallContext;
import io.sharedredis.hub.server.MethodObserver;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallTimersTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private final CallTimers timers =
      new CallTimers(
          () -> {
            asked.incrementAndGet();
            return meters;
          },
          nanos::get);
  private final HubCallContext context =
      (HubCallContext)
          Proxy.newProxyInstance(
              CallTimersTest.class.getClassLoader(),
              new Class<?>[] {HubCallContext.class},
              (proxy, method, arguments) -> null);

  private void call(MethodObserver method, long millis, Throwable failure) {
    var call = method.begin(context, Map.of());
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    call.end(failure);
  }

  @Test
  void callIsTimedFromItsBeginningToItsEnd() {
    MethodObserver pay = timers.method("shop", "pay");
    assertThat(asked).hasValue(0);
    call(pay, 30, null);
    call(pay, 10, null);
    call(pay, 5, new IllegalStateException("no"));
    Timer paid =
        meters.get("shared-redis.hub.invocation").tags("method", "pay", "error", "none").timer();
    assertThat(paid.count()).isEqualTo(2);
    assertThat(paid.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(40);
    assertThat(paid.max(TimeUnit.MILLISECONDS)).isEqualTo(30);
    assertThat(
            meters
                .get("shared-redis.hub.invocation")
                .tags("hub", "shop", "method", "pay", "error", "IllegalStateException")
                .timer()
                .count())
        .isEqualTo(1);
    assertThat(asked).as("looked up once for each tag").hasValue(2);
  }

  @Test
  void namelessErrorsShareOneTimer() {
    MethodObserver pay = timers.method("shop", "pay");
    call(pay, 1, new RuntimeException() {});
    call(pay, 1, new RuntimeException() {});
    assertThat(meters.get("shared-redis.hub.invocation").tags("error", "other").timer().count())
        .isEqualTo(2);
  }
}
