package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.netty.WebSocketException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.server.AbstractConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/** What is Jetty's own: the start, its idle timeout, peers that do not read, the stop. */
@ExtendWith(OutputCaptureExtension.class)
class JettyHubTest {
  private static final int IDLE_SECONDS = 1;

  private ConfigurableApplicationContext app;

  @AfterEach
  void stop() {
    if (app != null) {
      app.close();
    }
  }

  private int start(String... more) {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.add("--server.port=0");
    app =
        new SpringApplicationBuilder(HubApp.class)
            .properties(
                Map.of(
                    "spring.application.name", "hubs",
                    "shared-redis.drain.notice", "0s",
                    "server.jetty.connection-idle-timeout", IDLE_SECONDS + "s"))
            .run(arguments.toArray(String[]::new));
    return ((WebServerApplicationContext) app).getWebServer().getPort();
  }

  @Test
  void startSaysWhyWebSocketsTakeThePortablePath(CapturedOutput output) {
    assertThatThrownBy(() -> Class.forName("org.apache.catalina.startup.Tomcat"))
        .isInstanceOf(ClassNotFoundException.class);
    assertThatThrownBy(() -> start("--shared-redis.hub.sockets=loop"))
        .hasStackTraceContaining("shared-redis.hub.sockets is loop, which needs Tomcat");
    start();
    assertThat(output)
        .contains(
            "Hub WebSockets take the portable path: the server is JettyServletWebServer, not Tomcat");
  }

  @Test
  void silenceLongerThanJettysIsNoEnd() throws Exception {
    int port = start("--shared-redis.hub.poll-timeout=" + 2 * IDLE_SECONDS + "s");
    HttpClient http = HttpClient.newHttpClient();
    try (RawSocket silent = RawSocket.hub(port, "json")) {
      String id =
          JsonMapper.shared()
              .readTree(
                  http.send(
                          HttpRequest.newBuilder(uri(port, "/negotiate?negotiateVersion=1"))
                              .POST(BodyPublishers.noBody())
                              .build(),
                          BodyHandlers.ofString())
                      .body())
              .get("connectionToken")
              .asString();
      HttpRequest poll = HttpRequest.newBuilder(uri(port, "?id=" + id)).build();
      assertThat(http.send(poll, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      HttpRequest handshake =
          HttpRequest.newBuilder(uri(port, "?id=" + id))
              .POST(BodyPublishers.ofString("{\"protocol\":\"json\",\"version\":1}\u001e"))
              .build();
      assertThat(http.send(handshake, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      assertThat(http.send(poll, BodyHandlers.ofString()).body()).isEqualTo("{}\u001e");
      long begun = System.nanoTime();
      // A poll that finds nothing is answered when its time is over, not when Jetty's is.
      assertThat(http.send(poll, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.SECONDS.toNanos(IDLE_SECONDS));
      silent.text(
          "{\"type\":1,\"invocationId\":\"1\",\"target\":\"echo\",\"arguments\":[\"x\"]}\u001e");
      assertThat(silent.answer()).contains("\"result\":\"x\"");
    }
  }

  private static URI uri(int port, String rest) {
    return URI.create("http://localhost:" + port + "/hub/open" + rest);
  }

  /** More than any socket buffers of this machine hold. */
  private static final long MUCH = 64L * 1024 * 1024;

  @Test
  void clientThatSendsMoreThanIsReadWaitsAndItsEndFreesTheThread() throws Exception {
    int port = start("--shared-redis.hub.keep-alive-interval=1s");
    HubConnections connections = app.getBean(HubConnections.class);
    AtomicLong written = new AtomicLong();
    try (RawSocket busy = RawSocket.hub(port, "json")) {
      // Of one client the hub runs one call at a time.
      busy.text("{\"type\":1,\"target\":\"hold\",\"arguments\":[]}\u001e");
      String call =
          "{\"type\":1,\"target\":\"echo\",\"arguments\":[\"" + "x".repeat(10_000) + "\"]}\u001e";
      Thread sender =
          new Thread(
              () -> {
                try {
                  while (written.get() < MUCH) {
                    busy.text(call);
                    written.addAndGet(call.length());
                  }
                } catch (IOException end) {
                  // The test has seen enough.
                }
              });
      sender.start();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> waiting() == 1 && sender.getState() == Thread.State.RUNNABLE);
      AtomicLong seen = new AtomicLong(-1);
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> seen.getAndSet(written.get()) == written.get());
      assertThat(written.get()).isLessThan(MUCH);
      // Others are served all the while.
      try (RawSocket other = RawSocket.hub(port, "json")) {
        other.text(
            "{\"type\":1,\"invocationId\":\"1\",\"target\":\"echo\",\"arguments\":[\"x\"]}\u001e");
        assertThat(other.answer()).contains("\"result\":\"x\"");
      }
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> waiting() == 0);
    HubApp.HELD.release();
    await().atMost(Duration.ofSeconds(30)).until(() -> connections.size() == 0);
  }

  private static long waiting() {
    return Thread.getAllStackTraces().values().stream()
        .filter(
            stack ->
                Arrays.stream(stack)
                    .anyMatch(frame -> frame.getClassName().endsWith(".SocketReading")))
        .count();
  }

  @Test
  @Tag("whole")
  void clientsThatReadSlowlyOrDoNotCloseLoseTheirSockets() throws Exception {
    int port = start("--shared-redis.hub.send-timeout=1s");
    HubConnections connections = app.getBean(HubConnections.class);
    try (RawSocket silent = RawSocket.hub(port, "json");
        RawSocket slow = RawSocket.hub(port, "json");
        RawSocket open = RawSocket.hub(port, "json");
        RawSocket lively = RawSocket.hub(port, "json")) {
      for (RawSocket closing : List.of(open, lively)) {
        closing.text("{\"type\":7}\u001e");
        assertThat(closing.answer()).contains("\"type\":7");
        assertThat(closing.answer()).isEqualTo("close 1000");
      }
      for (int i = 0; i < 4; i++) {
        for (RawSocket large : List.of(silent, slow)) {
          large.text("{\"type\":1,\"target\":\"large\",\"arguments\":[4000000]}\u001e");
          large.text(
              "{\"type\":1,\"invocationId\":\"1\",\"target\":\"large\",\"arguments\":[4000000]}\u001e");
        }
      }
      // Bytes that are read or sent all the while are no reason to wait longer.
      await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                slow.skip(64 * 1024);
                try {
                  lively.frame(0x89, new byte[0]);
                } catch (IOException over) {
                  // It has lost its socket.
                }
                return connections.size() == 0 && sockets() == 0;
              });
    }
  }

  @Test
  void clientThatBreaksTheRulesOfFramesIsNotALostOne() throws Exception {
    int port = start();
    for (byte[] broken :
        List.of(
            new byte[] {(byte) 0x81, 1, 'x'}, new byte[] {(byte) 0xf1, (byte) 0x80, 0, 0, 0, 0})) {
      HubApp.EVENTS.clear();
      try (RawSocket client = RawSocket.hub(port, "json")) {
        client.write(broken);
        assertThat(client.answer()).isEqualTo("close 1002");
        assertThat(ended()).startsWith("disconnected " + WebSocketException.class.getName());
      }
    }
    HubApp.EVENTS.clear();
    try (RawSocket client = RawSocket.hub(port, "json")) {
      client.frame(0x81, new byte[] {(byte) 0xff});
      assertThat(client.answer()).isEqualTo("close 1007");
      assertThat(ended()).startsWith("disconnected " + WebSocketException.class.getName());
    }
  }

  private static String ended() throws InterruptedException {
    String event = "";
    while (event != null && !event.startsWith("disconnected")) {
      event = HubApp.EVENTS.poll(30, TimeUnit.SECONDS);
    }
    return event;
  }

  @Test
  void halfOfJettysThreadsMayWaitHoweverFewThereAre() throws Exception {
    int threads = 16;
    int port = start("--server.jetty.threads.max=" + threads, "--server.jetty.threads.min=4");
    HubConnections connections = app.getBean(HubConnections.class);
    String call =
        "{\"type\":1,\"target\":\"echo\",\"arguments\":[\"" + "x".repeat(10_000) + "\"]}\u001e";
    List<RawSocket> busy = new ArrayList<>();
    try {
      for (int i = 0; i < threads; i++) {
        RawSocket client = RawSocket.hub(port, "json");
        busy.add(client);
        client.text("{\"type\":1,\"target\":\"hold\",\"arguments\":[]}\u001e");
        Thread sender =
            new Thread(
                () -> {
                  try {
                    for (long sent = 0; sent < MUCH; sent += call.length()) {
                      client.text(call);
                    }
                  } catch (IOException end) {
                    // Cut off, or the test has seen enough.
                  }
                });
        sender.setDaemon(true);
        sender.start();
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> connections.size() == threads / 2 && waiting() == threads / 2);
      HttpResponse<String> probe =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/readiness"))
                      .timeout(Duration.ofSeconds(30))
                      .build(),
                  BodyHandlers.ofString());
      assertThat(probe.statusCode()).isEqualTo(200);
    } finally {
      for (RawSocket client : busy) {
        client.close();
      }
      HubApp.HELD.release(threads);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> connections.size() == 0);
    HubApp.HELD.drainPermits();
  }

  /** Sockets that Jetty serves. */
  private long sockets() {
    JettyWebServer server = (JettyWebServer) ((WebServerApplicationContext) app).getWebServer();
    return Arrays.stream(server.getServer().getConnectors())
        .mapToLong(connector -> ((AbstractConnector) connector).getConnectedEndPoints().size())
        .sum();
  }

  @Test
  void stopTellsClientsToComeBackAndEndsWhatIsOpen() throws Exception {
    int port = start();
    try (RawSocket client = RawSocket.hub(port, "json")) {
      Thread stop = new Thread(app::close);
      stop.start();
      assertThat(client.answer()).contains("\"type\":7").contains("\"allowReconnect\":true");
      assertThat(client.answer()).isEqualTo("close 1000");
      stop.join(30_000);
      assertThat(stop.isAlive()).isFalse();
      assertThatThrownBy(() -> RawSocket.hub(port, "json")).isInstanceOf(ConnectException.class);
    }
  }
}
