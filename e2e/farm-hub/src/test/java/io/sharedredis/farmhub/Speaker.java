package io.sharedredis.farmhub;

import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.TransportEnum;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Tells everybody numbers, one after the other, from a server of its own. */
final class Speaker implements AutoCloseable {
  private final HubConnection connection;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final Thread thread;
  private volatile int last = -1;

  Speaker(int port) {
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
      connection.invoke("SendGroup", "all " + number).timeout(20, TimeUnit.SECONDS).blockingAwait();
      last = number;
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
