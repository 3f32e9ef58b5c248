package io.sharedredis.farmhub;

import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.TransportEnum;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells everybody numbers, one after the other, from a server of its own: as often as the process
 * of the clients can take it, which nothing else tells it.
 */
final class Speaker implements AutoCloseable {
  /** Between two numbers for each client that hears them: 10,000 messages a second in all. */
  private static final long PAUSE_NANOS = 100_000;

  private final HubConnection connection;
  private final String method;
  private final long pause;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Thread thread;
  private volatile int last = -1;

  Speaker(int port, int clients) {
    this(port, clients, "SendGroup");
  }

  /**
   * @param method of the hub that tells them
   */
  Speaker(int port, int clients, String method) {
    this.method = method;
    pause = clients * PAUSE_NANOS;
    connection =
        HubConnectionBuilder.create("http://localhost:" + port + "/hub?bare=1")
            .withTransport(TransportEnum.WEBSOCKETS)
            .build();
    connection.start().timeout(20, TimeUnit.SECONDS).blockingAwait();
    thread = new Thread(this::speak, "speaker");
    thread.start();
  }

  private void speak() {
    for (int number = 0; !stopping.get(); number++) {
      connection.invoke(method, "all " + number).timeout(20, TimeUnit.SECONDS).blockingAwait();
      last = number;
      LockSupport.parkNanos(pause);
    }
  }

  /** Stops, and says the last number that everybody was told. */
  int stop() throws InterruptedException {
    stopping.set(true);
    thread.join();
    return last;
  }

  @Override
  public void close() {
    stopping.set(true);
    connection.stop().timeout(20, TimeUnit.SECONDS).blockingAwait();
  }
}
