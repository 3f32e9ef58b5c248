package io.sharedredis.playground.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Debian's nginx as compose's gateway image starts it, on a free port. */
public final class NginxGateway implements AutoCloseable {

  private static final Path SCRIPT = Path.of("..", "deploy", "nginx", "gateway.sh");

  private final Process process;
  private final int port;

  private NginxGateway(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** A port for {@link #start}, which others have to know before nginx runs. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public static NginxGateway start(Path runDirectory, int port, String webspa, String identity)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(SCRIPT.toRealPath().toString());
    builder
        .environment()
        .putAll(
            Map.of(
                "GATEWAY_PORT",
                Integer.toString(port),
                "WEBSPA_REPLICAS",
                webspa,
                "IDENTITY_REPLICAS",
                identity,
                "RUN_DIR",
                runDirectory.toString(),
                "PROBE_SECONDS",
                "0.3"));
    builder.environment().merge("PATH", ":/usr/sbin", String::concat);
    builder.redirectErrorStream(true);
    builder.redirectOutput(runDirectory.resolve("nginx.log").toFile());
    return new NginxGateway(builder.start(), port);
  }

  public int port() {
    return port;
  }

  @Override
  public void close() throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
