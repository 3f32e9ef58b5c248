package io.sharedredis.netty;

import static io.sharedredis.netty.ClientFrames.BINARY;
import static io.sharedredis.netty.ClientFrames.FIN;
import static io.sharedredis.netty.ClientFrames.PING;
import static io.sharedredis.netty.ClientFrames.PONG;
import static io.sharedredis.netty.ClientFrames.close;
import static io.sharedredis.netty.ClientFrames.frame;
import static io.sharedredis.netty.ClientFrames.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.StatefulReconnects;
import io.sharedredis.netty.LoopClient.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LoopSocketTest {
  private static LoopServer server;

  @BeforeAll
  static void start() throws IOException {
    server = new LoopServer(HubOptions.defaults());
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  private static void untilAllAreGone() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              server.connections.heartbeat();
              return server.loops.open() == 0 && server.connections.size() == 0;
            });
    assertThat(server.ended.get()).isEqualTo(server.opened.get());
  }

  @Test
  void callsAreAnsweredInOrderAndWhatCameTogetherGoesOutTogether() throws IOException {
    try (LoopClient client = server.open()) {
      byte[][] calls = new byte[8][];
      for (int i = 0; i < 8; i++) {
        calls[i] = LoopClient.invocation(i, "quick", "\"" + i + "\"");
      }
      // The connection's first messages may be read by the thread that took it up.
      boolean together = false;
      for (int attempt = 0; attempt < 100 && !together; attempt++) {
        client.send(calls);
        int answers = 0;
        while (answers < 8) {
          String[] some = client.frame().text().split("\u001e");
          together = some.length == 8;
          for (String answer : some) {
            assertThat(answer)
                .contains("\"invocationId\":\"" + answers + "\"", "\"" + answers + " on ");
            answers++;
          }
        }
      }
      assertThat(together).as("in one frame").isTrue();
      client.call(9, "where", "");
      assertThat(client.message()).contains("pool-");
    }
    untilAllAreGone();
  }

  @Test
  void aPingFrameAsksWhatHasArrivedAndOnlyItsAnswerTells() throws IOException {
    try (LoopClient client = server.open()) {
      client.call(1, "quick", "\"a\"");
      assertThat(client.message()).contains("a on ");
      AtomicReference<CompletionStage<Void>> confirmed = new AtomicReference<>();
      int unused =
          server.connections.closeIf(
              connection -> {
                confirmed.set(connection.confirmed());
                return false;
              },
              false);

      Frame ping = client.frame();
      assertThat(ping.opcode()).isEqualTo(FrameHeader.PING);
      client.send(frame(FIN | PONG, new byte[0], 1), frame(FIN | PONG, new byte[8], 1));
      client.call(2, "quick", "\"b\"");
      assertThat(client.message()).contains("b on ");
      assertThat(confirmed.get().toCompletableFuture()).isNotDone();

      client.send(frame(FIN | PONG, ping.payload(), 1));
      assertThat(confirmed.get().toCompletableFuture()).succeedsWithin(Duration.ofSeconds(20));
    }
    untilAllAreGone();
  }

  @Test
  void bytesMayComeOneByOne() throws IOException {
    try (LoopClient client = server.open()) {
      for (byte one : LoopClient.invocation(1, "echo", "\"grüße\"")) {
        client.send(new byte[] {one});
      }
      assertThat(client.message()).contains("\"result\":\"grüße\"");
    }
    untilAllAreGone();
  }

  @Test
  void pingsGetPongsWithTheirPayload() throws IOException {
    try (LoopClient client = server.open()) {
      byte[] payload = {1, 2, 3};
      client.send(frame(FIN | PING, payload, 99));
      Frame pong = client.frame();
      assertThat(pong.opcode()).isEqualTo(FrameHeader.PONG);
      assertThat(pong.payload()).isEqualTo(payload);
    }
    untilAllAreGone();
  }

  @Test
  void closeFramesAreAnsweredWith1000WhateverTheirCode() throws IOException {
    for (byte[] close :
        List.of(close(1000), close(1001), close(4999), frame(FIN | 8, new byte[0], 1))) {
      try (LoopClient client = server.open()) {
        // What is asked in the same breath may be answered or not; the close frame is.
        client.send(LoopClient.invocation(1, "quick", "\"last\""), close);
        assertThat(client.closeCode()).isEqualTo(1000);
        assertThat(client.atEnd()).isTrue();
      }
    }
    untilAllAreGone();
  }

  @Test
  void whatIsNoWebSocketIsToldSo() throws IOException {
    byte[] garbage = new byte[200_000];
    new Random(1).nextBytes(garbage);
    garbage[0] = (byte) 0xff;
    try (LoopClient client = server.open()) {
      client.send(garbage);
      assertThat(client.closeCode()).isEqualTo(1002);
      assertThat(client.atEnd()).isTrue();
    }
    try (LoopClient client = server.open()) {
      client.send(frame(FIN | 1, new byte[] {(byte) 0xc0, (byte) 0xaf}, 5));
      assertThat(client.closeCode()).isEqualTo(1007);
      assertThat(client.atEnd()).isTrue();
    }
    untilAllAreGone();
  }

  @Test
  void messageOverTheLimitGetsAHubCloseAndThenTheSockets() throws IOException {
    try (LoopClient client = server.open()) {
      byte[] endless = new byte[40_000];
      java.util.Arrays.fill(endless, (byte) 'a');
      client.send(frame(1, endless, 3));
      assertThat(client.message()).contains("\"type\":7", "\"allowReconnect\":true");
      assertThat(client.closeCode()).isEqualTo(1000);
      client.send(close(1000));
      assertThat(client.atEnd()).isTrue();
    }
    untilAllAreGone();
  }

  @Test
  void hubThatAbortsClosesTheSocket() throws IOException {
    try (LoopClient client = server.open()) {
      client.call(1, "leave", "");
      assertThat(client.closeCode()).isEqualTo(1000);
      client.send(close(1000));
      assertThat(client.atEnd()).isTrue();
    }
    untilAllAreGone();
  }

  @Test
  void longAnswersReachAClientThatReadsSlowly() throws Exception {
    try (LoopClient client = server.open()) {
      client.socket().setReceiveBufferSize(32 * 1024);
      client.call(1, "large", "900000");
      client.call(2, "large", "10");
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  server.connections.queuedBytes() > 0
                      || client.socket().getInputStream().available() > 0);
      assertThat(client.message()).hasSizeGreaterThan(900_000);
      assertThat(client.message()).contains("xxxxxxxxxx");
    }
    untilAllAreGone();
  }

  @Test
  void longBroadcastIsFramedOnceAndReachesEverybodyWhole() throws IOException {
    List<LoopClient> clients = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      clients.add(server.open());
    }
    clients.get(0).call(1, "all", "200000");
    for (LoopClient client : clients) {
      String message = client.message();
      if (message.contains("\"type\":3")) {
        message = client.message();
      }
      assertThat(message).contains("\"target\":\"m\"").hasSizeGreaterThan(200_000);
    }
    for (LoopClient client : clients) {
      client.close();
    }
    untilAllAreGone();
  }

  @Test
  void binaryFramesMayCarryJson() throws IOException {
    try (LoopClient client = server.connect()) {
      byte[] handshake =
          "{\"protocol\":\"json\",\"version\":1}\u001e".getBytes(StandardCharsets.UTF_8);
      client.send(frame(FIN | BINARY, handshake, 0));
      client.expect("{}");
    }
    untilAllAreGone();
  }

  @Test
  void connectionsThatEndWithoutAWordAreForgotten() throws IOException {
    int before = LoopServer.DISCONNECTED.get();
    for (int i = 0; i < 20; i++) {
      LoopClient halfClosed = server.open();
      halfClosed.socket().shutdownOutput();
      assertThat(halfClosed.atEnd()).isTrue();
      halfClosed.close();
      server.open().reset();
      LoopClient busy = server.open();
      busy.call(1, "large", "500000");
      busy.reset();
      server.connect().reset();
    }
    untilAllAreGone();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> LoopServer.DISCONNECTED.get() - before == 60);
  }

  @Test
  void slowHandshakesAndSilentClientsAreEndedByTheHubsClock() throws IOException {
    try (LoopServer timed = new LoopServer(HubOptions.defaults());
        LoopClient slow = timed.connect()) {
      slow.send(text("{\"proto"));
      Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> timed.connections.size() == 1);
      timed.nanoTime.addAndGet(TimeUnit.SECONDS.toNanos(16));
      timed.connections.heartbeat();
      assertThat(slow.message()).contains("Handshake was canceled");
      assertThat(slow.closeCode()).isEqualTo(1000);
    }
  }

  @Test
  void replacedSocketThatIsNotReadIsClosedAllTheSame() throws Exception {
    HubOptions options = HubOptions.defaults().withStatefulReconnects(StatefulReconnects.on());
    try (LoopServer own = new LoopServer(options);
        LoopClient stuck = own.connect()) {
      stuck.socket().setReceiveBufferSize(4096);
      stuck.send(text("{\"protocol\":\"json\",\"version\":2}\u001e"));
      stuck.expect("{}");
      // More than the buffers of both ends can hold.
      stuck.call(1, "large", "12000000");
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> stuck.socket().getInputStream().available() > 0);
      try (LoopClient next = own.connect()) {
        assertThat(next.message()).contains("\"type\":9");
        assertThat(next.message()).hasSizeGreaterThan(12_000_000);
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> own.loops.open() == 1);
        assertThat(own.connections.size()).isEqualTo(1);
      }
    }
  }

  @Test
  void clientThatDoesNotReadIsCutOffAndItsMemoryIsGivenBack() throws Exception {
    try (LoopClient stuck = server.open();
        LoopClient busy = server.open()) {
      stuck.socket().setReceiveBufferSize(4096);
      int sent = 0;
      while (server.connections.size() == 2 && sent < 1_000) {
        busy.call(sent++, "all", "60000");
        String message = busy.message();
        while (!message.contains("\"type\":3")) {
          message = busy.message();
        }
      }
      assertThat(server.connections.meters().counters()).containsEntry("slow.clients.cut", 1L);
      busy.call(1, "echo", "\"still here\"");
      String message = busy.message();
      while (!message.contains("still here")) {
        message = busy.message();
      }
    }
    untilAllAreGone();
    assertThat(server.connections.queuedBytes()).isZero();
  }
}
