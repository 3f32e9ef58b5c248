package io.sharedredis.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultyProxyTest {

  private ServerSocket echo;
  private FaultyProxy proxy;

  @BeforeEach
  void startEchoServer() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve);
    thread.setDaemon(true);
    thread.start();
    proxy = FaultyProxy.to("127.0.0.1", echo.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  @Test
  void healthyProxyPassesBytesOn() throws IOException {
    try (Socket client = connect()) {
      assertThat(roundTrip(client, 7)).isEqualTo(7);
    }
  }

  @Test
  void delayedBytesArriveLater() throws IOException {
    try (Socket client = connect()) {
      proxy.delay(Duration.ofMillis(50));
      long begin = System.nanoTime();
      assertThat(roundTrip(client, 7)).isEqualTo(7);
      assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(100_000_000L);
    }
  }

  @Test
  void blackHoleIsSilentUntilItIsHealed() throws IOException {
    try (Socket client = connect()) {
      assertThat(roundTrip(client, 1)).isEqualTo(1);
      proxy.blackHole();
      client.setSoTimeout(100);
      assertThatThrownBy(() -> roundTrip(client, 2)).isInstanceOf(SocketTimeoutException.class);
      proxy.heal();
      client.setSoTimeout(5_000);
      assertThat(client.getInputStream().read()).isEqualTo(2);
    }
  }

  @Test
  void answersAreHeldOnlyWhereTheClientSentThatText() throws IOException {
    try (Socket one = connect();
        Socket other = connect()) {
      assertThat(roundTrip(one, 'S')).isEqualTo('S');
      assertThat(roundTrip(other, 'P')).isEqualTo('P');
      proxy.holdAnswersTo("S");
      assertThat(roundTrip(other, 'P')).isEqualTo('P');
      one.setSoTimeout(100);
      assertThatThrownBy(() -> roundTrip(one, 'x')).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void forgottenConnectionIsSilentWhileNewOnesBehave() throws IOException {
    try (Socket old = connect();
        Socket kept = connect()) {
      assertThat(roundTrip(old, 'S')).isEqualTo('S');
      assertThat(roundTrip(kept, 'P')).isEqualTo('P');
      proxy.forgetConnections("S");
      old.setSoTimeout(100);
      assertThatThrownBy(() -> roundTrip(old, 2)).isInstanceOf(SocketTimeoutException.class);
      assertThat(roundTrip(kept, 3)).isEqualTo(3);
      proxy.forgetConnections();
      kept.setSoTimeout(100);
      assertThatThrownBy(() -> roundTrip(kept, 4)).isInstanceOf(SocketTimeoutException.class);
      try (Socket fresh = connect()) {
        assertThat(roundTrip(fresh, 5)).isEqualTo(5);
      }
      proxy.heal();
      old.setSoTimeout(5_000);
      assertThat(old.getInputStream().read()).isEqualTo(2);
    }
  }

  @Test
  void cutRefusesNewConnectionsUntilItIsHealed() throws IOException {
    try (Socket client = connect()) {
      assertThat(roundTrip(client, 1)).isEqualTo(1);
      proxy.cut();
      assertThat(client.getInputStream().read()).isNegative();
      assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
    }
    proxy.heal();
    try (Socket client = connect()) {
      assertThat(roundTrip(client, 3)).isEqualTo(3);
    }
  }

  @Test
  void resetIsSeenAsAResetByTheClient() throws IOException {
    try (Socket client = connect()) {
      assertThat(roundTrip(client, 1)).isEqualTo(1);
      proxy.reset();
      assertThatThrownBy(() -> roundTrip(client, 2)).isInstanceOf(SocketException.class);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", proxy.port());
    socket.setSoTimeout(5_000);
    return socket;
  }

  private static int roundTrip(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return socket.getInputStream().read();
  }

  private static void echo(Socket client) {
    try (client) {
      client.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException e) {
      // The client went away.
      return;
    }
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        Socket client = echo.accept();
        new Thread(() -> echo(client)).start();
      } catch (IOException e) {
        // The client went away; the next one is served.
        continue;
      }
    }
  }
}
