package io.sharedredis.playground.farm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks at ports before anything is started, so that a taken one is an error with a name. */
final class Ports {

  /** Milliseconds to wait for a listener on this machine; it answers at once or not at all. */
  private static final int CONNECT_MILLIS = 300;

  private Ports() {}

  /**
   * Fails when one of the ports is in use, naming all of them.
   *
   * @param owners port → who wants it, and the option that changes it
   */
  static void requireFree(Map<Integer, String> owners) {
    List<String> taken = new ArrayList<>();
    owners.forEach(
        (port, owner) -> {
          if (isTaken(port)) {
            taken.add("port " + port + " is taken (wanted for " + owner + ")");
          }
        });
    if (!taken.isEmpty()) {
      throw new FarmException(
          String.join("; ", taken)
              + ". Stop what listens there, or choose other ports with"
              + " --gateway-port, --webspa-port, --identity-port.");
    }
  }

  /** A port nobody listens on right now. */
  static int free() {
    try (ServerSocket socket = new ServerSocket(0, 1, loopback())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new FarmException("no free port on this machine", e);
    }
  }

  // Binding alone is not enough: a listener on all addresses lets a second one bind to loopback on
  // some systems, and a listener on ::1 would get the browser's connections to "localhost".
  private static boolean isTaken(int port) {
    for (String address : List.of("127.0.0.1", "::1")) {
      try (Socket probe = new Socket()) {
        probe.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
        return true;
      } catch (IOException nobodyListens) {
        // The usual case: nobody there, or the machine has no such address.
        continue;
      }
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(loopback(), port));
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static InetAddress loopback() {
    try {
      return InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
