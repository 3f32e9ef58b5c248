package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sharedredis.hub.server.HubConnections;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * What clients must not send. The offender gets its answer or its end, is gone afterwards, and a
 * bystander's calls go on all the while.
 */
@SpringBootTest(
    classes = HubApp.class,
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.application.name=bad-input",
      "shared-redis.public-url=https://shop.example",
      "shared-redis.drain.notice=0s",
      "shared-redis.hub.handshake-timeout=2s",
      "shared-redis.hub.connect-timeout=2s",
      "server.tomcat.connection-timeout=2s"
    })
class BadHubInputTest {
  private static final String CLOSED =
      "{\"type\":7,\"error\":\"Connection closed with an error.\",\"allowReconnect\":true}\u001e";
  private static final int ITEMS = Integer.getInteger("hub.items", 20_000);

  @Value("${local.server.port}")
  private int port;

  @Autowired private HubConnections connections;

  private final AtomicInteger echoes = new AtomicInteger();
  private RawSocket bystander;
  private Thread calls;
  private volatile boolean over;
  private volatile Throwable disturbed;

  @BeforeEach
  void bystanderCalls() throws Exception {
    bystander = RawSocket.hub(port, "json");
    calls =
        new Thread(
            () -> {
              try {
                while (!over) {
                  assertThat(echo(bystander, "x")).isEqualTo("x");
                  echoes.incrementAndGet();
                  Thread.sleep(5);
                }
              } catch (Throwable e) {
                disturbed = e;
              }
            });
    calls.start();
  }

  /** One second is much for a call; the machine may be busy, not the hub. */
  @AfterEach
  void bystanderHasNotNoticed() throws Exception {
    int before = echoes.get();
    await().atMost(Duration.ofSeconds(30)).until(() -> echoes.get() > before || disturbed != null);
    await().atMost(Duration.ofSeconds(30)).until(() -> connections.size() == 1);
    over = true;
    calls.join(30_000);
    bystander.close();
    assertThat(disturbed).isNull();
    await().atMost(Duration.ofSeconds(30)).until(() -> connections.size() == 0);
  }

  private static String echo(RawSocket socket, String text) throws IOException {
    socket.text(
        "{\"type\":1,\"invocationId\":\"e\",\"target\":\"echo\",\"arguments\":[\""
            + text
            + "\"]}\u001e");
    String answer = socket.answer();
    return answer
        .replace("{\"type\":3,\"invocationId\":\"e\",\"result\":\"", "")
        .replace("\"}\u001e", "");
  }

  // ---- messages

  static Stream<String> brokenMessages() {
    return Stream.of(
        "{\u001e",
        "\u001e",
        "[]\u001e",
        "{\"type\":1}\u001e",
        "{\"type\":\"1\"}\u001e",
        "{\"type\":1.5}\u001e",
        "{\"type\":99999999999}\u001e",
        "{\"type\":3,\"invocationId\":\"1\",\"error\":\"e\",\"result\":1}\u001e",
        "{\"type\":1,\"target\":\"echo\",\"arguments\":{}}\u001e",
        "{\"type\":1,\"target\":\"echo\",\"arguments\":[]".concat("x".repeat(40_000)),
        "{\"type\":1,\"target\":\"echo\",\"arguments\":[" + "[".repeat(30_000) + "\u001e",
        "{\"x\":" + "{\"x\":".repeat(5_000) + "\u001e");
  }

  @ParameterizedTest
  @MethodSource("brokenMessages")
  void brokenMessageClosesItsConnection(String broken) throws IOException {
    try (RawSocket offender = RawSocket.hub(port, "json")) {
      offender.text(broken);
      assertThat(offender.answer()).isEqualTo(CLOSED);
      assertThat(offender.answer()).isEqualTo("close 1000");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // A frame of 2 GB, of more than that, and one larger than allowed.
        "ffffffff07",
        "ffffffff0f",
        "808004",
        // Arrays, maps, texts, bytes and an extension of 2 GB, with nothing in them.
        "05dd7fffffff",
        "079201df7fffffff",
        "08920180dbffffffff",
        "0d950180c0a46563686f91c67fffffff",
        "0d950180c0a46563686f91dd7fffffff",
        "0e950180c0a46563686f91c97fffffff01",
        "01c1",
        "0190"
      })
  void messagePackBombClosesItsConnection(String hex) throws IOException {
    try (RawSocket offender = RawSocket.hub(port, "messagepack")) {
      offender.frame(0x82, HexFormat.of().parseHex(hex));
      String answer = offender.message();
      assertThat(answer).contains("Connection closed with an error.");
      assertThat(offender.message()).isEqualTo("close 1000");
    }
  }

  @Test
  void deepMessagePackFailsItsCallAlone() throws IOException {
    try (RawSocket offender = RawSocket.hub(port, "messagepack")) {
      int depth = 16_000;
      byte[] body = new byte[13 + depth];
      byte[] call = HexFormat.of().parseHex("950180a131a46563686f91");
      System.arraycopy(call, 0, body, 0, call.length);
      java.util.Arrays.fill(body, call.length, body.length, (byte) 0x91);
      body[body.length - 1] = 1;
      byte[] framed = new byte[body.length + 3];
      framed[0] = (byte) (0x80 | body.length & 0x7f);
      framed[1] = (byte) (0x80 | body.length >> 7 & 0x7f);
      framed[2] = (byte) (body.length >> 14);
      System.arraycopy(body, 0, framed, 3, body.length);
      offender.frame(0x82, framed);
      assertThat(offender.message()).contains("Failed to invoke 'echo' due to an error");
    }
  }

  @Test
  void garbageEndsItsConnectionWhateverItIs() throws IOException {
    Random random = new Random(5);
    for (int i = 0; i < 20; i++) {
      byte[] garbage = new byte[200];
      random.nextBytes(garbage);
      garbage[199] = 0x1e;
      try (RawSocket offender = RawSocket.hub(port, "json")) {
        offender.frame(0x82, garbage);
        assertThat(offender.answer()).isEqualTo(CLOSED);
      }
      try (RawSocket noFrames = RawSocket.hub(port, "json")) {
        garbage[0] |= 0x70;
        noFrames.write(garbage);
        assertThat(noFrames.message()).isEqualTo("close 1002");
      }
    }
  }

  @Test
  void answersNobodyAskedForAndItemsOfNoStreamAreDropped() throws IOException {
    try (RawSocket offender = RawSocket.hub(port, "json")) {
      StringBuilder many = new StringBuilder();
      for (int i = 0; i < 500; i++) {
        many.append("{\"type\":3,\"invocationId\":\"s").append(i).append("\",\"result\":1}\u001e");
        many.append("{\"type\":2,\"invocationId\":\"no").append(i).append("\",\"item\":1}\u001e");
        many.append("{\"type\":5,\"invocationId\":\"no").append(i).append("\"}\u001e");
      }
      offender.text(many.toString());
      assertThat(echo(offender, "still here")).isEqualTo("still here");
    }
  }

  @Test
  void secondStreamWithAnIdIsRefusedAndTheFirstGoesOn() throws IOException {
    try (RawSocket offender = RawSocket.hub(port, "json")) {
      offender.text(upload("1", "s"));
      offender.text(upload("2", "s"));
      assertThat(offender.answer())
          .startsWith("{\"type\":3,\"invocationId\":\"2\",\"error\":")
          .contains("A stream of that id is already in use.");
      offender.text("{\"type\":2,\"invocationId\":\"s\",\"item\":5}\u001e");
      offender.text("{\"type\":3,\"invocationId\":\"s\"}\u001e");
      assertThat(offender.answer())
          .isEqualTo("{\"type\":3,\"invocationId\":\"1\",\"result\":5}\u001e");
    }
  }

  @Test
  void streamOfVeryManyItemsTakesNoMemory() throws IOException {
    try (RawSocket sender = RawSocket.hub(port, "json")) {
      sender.text(upload("1", "s"));
      String item = "{\"type\":2,\"invocationId\":\"s\",\"item\":1}\u001e";
      long before = used();
      for (int i = 0; i < ITEMS / 100; i++) {
        sender.text(item.repeat(100));
      }
      sender.text("{\"type\":3,\"invocationId\":\"s\"}\u001e");
      assertThat(sender.answer())
          .isEqualTo("{\"type\":3,\"invocationId\":\"1\",\"result\":" + ITEMS + "}\u001e");
      assertThat(used() - before).isLessThan(30_000_000);
    }
  }

  private static long used() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static String upload(String id, String stream) {
    return "{\"type\":1,\"invocationId\":\""
        + id
        + "\",\"target\":\"sum\",\"arguments\":[],\"streamIds\":[\""
        + stream
        + "\"]}\u001e";
  }

  // ---- those who never come to the end

  @Test
  void handshakeThatDoesNotEndIsCanceled() throws Exception {
    try (RawSocket slow = RawSocket.webSocket(port, "")) {
      slow.text("{\"protocol\":");
      assertThat(slow.message()).isEqualTo("{\"error\":\"Handshake was canceled.\"}\u001e");
      assertThat(slow.message()).isEqualTo("close 1000");
    }
    try (RawSocket silent = RawSocket.webSocket(port, "")) {
      assertThat(silent.message()).isEqualTo("{\"error\":\"Handshake was canceled.\"}\u001e");
    }
  }

  @Test
  void requestThatDoesNotEndIsGivenUp() throws IOException {
    String token = negotiate();
    try (RawSocket post = new RawSocket(port);
        RawSocket poll = new RawSocket(port)) {
      post.write(
          "POST /hub/open?id="
              + token
              + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
      poll.write("GET /hub/open?id=" + token + " HTTP/1.1\r\nHost: loc");
      assertThat(post.rest()).doesNotContain("HTTP/1.1 200");
      assertThat(poll.rest()).doesNotContain("HTTP/1.1 200");
    }
  }

  // ---- tokens, origins, headers

  @Test
  void tokenThatIsForgedOldOrAnotherHubsIsUnknown() throws Exception {
    String token = negotiate();
    String forged = (token.charAt(0) == 'A' ? "B" : "A") + token.substring(1);
    assertThat(get("/hub/open?id=" + forged)).startsWith("HTTP/1.1 404");
    assertThat(get("/hub/open?id=" + "x".repeat(7_000))).startsWith("HTTP/1.1 404");
    await()
        .atMost(Duration.ofSeconds(30))
        .pollDelay(Duration.ofSeconds(3))
        .untilAsserted(() -> assertThat(get("/hub/open?id=" + token)).startsWith("HTTP/1.1 404"));
  }

  @Test
  void pageOfAStrangerOpensNothing() throws IOException {
    for (String origin :
        new String[] {"https://evil.example", "null", "https://shop.example.evil"}) {
      try (RawSocket page = new RawSocket(port)) {
        page.write(
            "GET /hub/open HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: "
                + origin
                + "\r\n\r\n");
        assertThat(page.head()).as(origin).startsWith("HTTP/1.1 403");
      }
    }
  }

  @Test
  void nothingOfARequestBecomesAHeader() throws IOException {
    for (String target :
        new String[] {
          "/hub/open/negotiate?negotiateVersion=1%0d%0aX-Injected:1",
          "/hub/open/negotiate?negotiateVersion=%0aX-Injected:1",
          "/hub/open?id=%0d%0aX-Injected:%201",
          "/hub/open%0d%0aX-Injected:%201?id=1"
        }) {
      try (RawSocket client = new RawSocket(port)) {
        client.write(
            "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        assertThat(client.head()).as(target).doesNotContain("X-Injected");
      }
    }
    try (RawSocket client = new RawSocket(port)) {
      client.write(
          "GET /hub/open HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
              + "Sec-WebSocket-Protocol: a\rX-Injected: 1\r\n\r\n");
      assertThat(client.head()).doesNotContain("X-Injected");
    }
  }

  private String negotiate() throws IOException {
    try (RawSocket client = new RawSocket(port)) {
      client.write(
          "POST /hub/open/negotiate?negotiateVersion=1 HTTP/1.1\r\nHost: localhost\r\n"
              + "Connection: close\r\nContent-Length: 0\r\n\r\n");
      String answer = client.rest();
      return answer.replaceAll("(?s).*\"connectionToken\":\"([^\"]+)\".*", "$1");
    }
  }

  private String get(String target) throws IOException {
    try (RawSocket client = new RawSocket(port)) {
      client.write("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      return new String(client.rest().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
  }
}
