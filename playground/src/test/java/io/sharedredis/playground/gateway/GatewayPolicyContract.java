package io.sharedredis.playground.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What any gateway in front of the farm does, so that a replica can be killed without a visitor
 * seeing it: held for the playground's own and for compose's nginx.
 */
abstract class GatewayPolicyContract {

  static final Duration LIMIT = Duration.ofSeconds(15);

  final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Backend one;
  Backend two;
  Backend identity;
  AutoCloseable gateway;

  /** Starts the gateway in front of the three backends, of which the first two are the shop. */
  abstract AutoCloseable startGateway() throws Exception;

  abstract int port();

  @BeforeEach
  void start() throws Exception {
    one = new Backend("webspa-1");
    two = new Backend("webspa-2");
    identity = new Backend("identity-1");
    gateway = startGateway();
    awaitTraffic(one);
    awaitTraffic(two);
    await().atMost(LIMIT).ignoreExceptions().until(() -> get("/identity/x").statusCode() == 200);
    one.requests.clear();
    two.requests.clear();
    identity.requests.clear();
  }

  @AfterEach
  void stop() throws Exception {
    gateway.close();
    one.close();
    two.close();
    identity.close();
  }

  @Test
  void requestsGoToReplicasInTurnWhoeverAsks() throws Exception {
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      answers.add(get("/catalog").body());
    }
    assertThat(answers).containsOnly("webspa-1", "webspa-2");
    assertThat(answers.stream().filter("webspa-1"::equals)).hasSize(5);
    assertThat(get("/identity").body()).isEqualTo("identity-1");
    assertThat(get("/identity/connect/token").body()).isEqualTo("identity-1");
    assertThat(get("/identityx").body()).startsWith("webspa");
  }

  @Test
  void refusedConnectionSendsAnyRequestToTheNextReplica() throws Exception {
    one.die();
    for (String method : List.of("GET", "POST", "PUT", "DELETE", "POST")) {
      HttpResponse<String> response = send(method, "/api", "body of " + method);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEqualTo("webspa-2");
    }
    assertThat(two.requests).hasSize(5);
    assertThat(new String(two.requests.get(1).body(), StandardCharsets.UTF_8))
        .isEqualTo("body of POST");

    one.comeBack();
    awaitTraffic(one);
  }

  @Test
  void replicaThatIsNotReadyGetsNothingUntilItIs() throws Exception {
    one.ready = false;
    await().atMost(LIMIT).until(() -> onlyAnswers("webspa-2"));
    one.requests.clear();
    for (int i = 0; i < 6; i++) {
      assertThat(get("/").body()).isEqualTo("webspa-2");
    }
    assertThat(one.requests).isEmpty();
    one.ready = true;
    awaitTraffic(one);
  }

  @Test
  void getAndHeadAreRepeatedWhenTheConnectionBreaksBeforeAResponse() throws Exception {
    one.script = (request, socket) -> Backend.reset(socket);
    for (int i = 0; i < 4; i++) {
      assertThat(get("/page?i=" + i).body()).isEqualTo("webspa-2");
      assertThat(send("HEAD", "/page", "").statusCode()).isEqualTo(200);
    }
    assertThat(one.requests).isNotEmpty();
    assertThat(two.requests).hasSize(8);
  }

  @Test
  void postIsNotRepeatedWhenTheConnectionBreaks() throws Exception {
    one.script = (request, socket) -> Backend.reset(socket);
    two.script = one.script;
    HttpResponse<String> response = send("POST", "/api/v1/orders", "{}");
    assertThat(response.statusCode()).isEqualTo(502);
    assertThat(one.requests.size() + two.requests.size()).isEqualTo(1);
  }

  @Test
  void postWithRequestIdIsRepeatedWithItsBody() throws Exception {
    one.script = (request, socket) -> Backend.reset(socket);
    for (int i = 0; i < 4; i++) {
      HttpResponse<String> response =
          http.send(
              request("/api/v1/basket/checkout")
                  .header("x-requestid", "6d1a1f0e-0000-4000-8000-00000000000" + i)
                  .POST(HttpRequest.BodyPublishers.ofString("{\"city\":\"Ümeå\"}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
    }
    assertThat(one.requests).isNotEmpty();
    assertThat(two.requests)
        .hasSize(4)
        .allSatisfy(
            request ->
                assertThat(new String(request.body(), StandardCharsets.UTF_8))
                    .isEqualTo("{\"city\":\"Ümeå\"}"));
  }

  @Test
  void clientsCannotClaimForwardedHeaders() throws Exception {
    http.send(
        request("/")
            .header("X-Forwarded-For", "203.0.113.7")
            .header("X-Forwarded-Host", "evil.example")
            .header("X-Forwarded-Proto", "https")
            .header("X-Forwarded-Prefix", "/evil")
            .header("Forwarded", "for=203.0.113.7;host=evil.example")
            .build(),
        HttpResponse.BodyHandlers.ofString());
    Backend.Request seen = onlyRequest();
    assertThat(seen.header("X-Forwarded-For")).hasValue("127.0.0.1");
    assertThat(seen.header("X-Forwarded-Host")).hasValue("localhost:" + port());
    assertThat(seen.header("X-Forwarded-Proto")).hasValue("http");
    assertThat(seen.header("X-Forwarded-Port")).hasValue(Integer.toString(port()));
    assertThat(seen.header("Host")).hasValue("localhost:" + port());
    assertThat(seen.headers().toString()).doesNotContain("evil", "203.0.113.7");
  }

  @Test
  void pathAndQueryArriveAsTheyWereSent() throws Exception {
    get("/api/v1/a%2Fb%20c;x=1?name=%C3%BC+1&empty=&token=a%3Db");
    assertThat(onlyRequest().line())
        .isEqualTo("GET /api/v1/a%2Fb%20c;x=1?name=%C3%BC+1&empty=&token=a%3Db HTTP/1.1");
  }

  @Test
  void serverSentEventsArriveWhileTheStreamIsOpen() throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    Backend.Script stream =
        (request, socket) -> {
          OutputStream out = socket.getOutputStream();
          out.write(
              ascii(
                  "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                      + "Connection: close\r\n\r\ndata: first\n\n"));
          out.flush();
          awaitLatch(seen);
          out.write(ascii("data: second\n\n"));
        };
    one.script = stream;
    two.script = stream;
    HttpResponse<InputStream> response =
        http.send(
            request("/hub/notificationhub").build(), HttpResponse.BodyHandlers.ofInputStream());
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      assertThat(reader.readLine()).isEqualTo("data: first");
      seen.countDown();
      assertThat(reader.readLine()).isEmpty();
      assertThat(reader.readLine()).isEqualTo("data: second");
    }
  }

  @Test
  void webSocketBytesPassBothWaysUntouched() throws Exception {
    one.script = GatewayPolicyContract::upgradeAndEcho;
    two.script = one.script;
    try (UpgradedSocket socket = upgrade()) {
      assertThat(socket.head)
          .startsWith("HTTP/1.1 101")
          .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
          .contains("Sec-WebSocket-Extensions: permessage-deflate");
      byte[] much = new byte[4 * 1024 * 1024];
      new Random(7).nextBytes(much);
      Thread writer =
          new Thread(
              () -> {
                try {
                  socket.out().write(much);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      writer.start();
      assertThat(socket.in().readNBytes(much.length)).isEqualTo(much);
      writer.join();
    }
    Backend.Request seen = onlyRequest();
    assertThat(seen.header("Sec-WebSocket-Key")).hasValue("dGhlIHNhbXBsZSBub25jZQ==");
    assertThat(seen.header("Origin")).isEmpty();
    assertThat(seen.header("Host")).hasValue("localhost:" + port());
  }

  @Test
  void webSocketUpgradeGoesToTheNextReplicaWhenOneRefusesOrBreaks() throws Exception {
    one.script = (request, socket) -> Backend.reset(socket);
    two.script = GatewayPolicyContract::upgradeAndEcho;
    for (int i = 0; i < 3; i++) {
      try (UpgradedSocket socket = upgrade()) {
        assertThat(socket.head).startsWith("HTTP/1.1 101");
      }
    }
    assertThat(one.requests).isNotEmpty();
    one.die();
    for (int i = 0; i < 3; i++) {
      try (UpgradedSocket socket = upgrade()) {
        assertThat(socket.head).startsWith("HTTP/1.1 101");
      }
    }
  }

  @Test
  void webSocketOfAKilledReplicaIsClosedAtTheClient() throws Exception {
    one.script = GatewayPolicyContract::upgradeAndEcho;
    two.script = one.script;
    try (UpgradedSocket socket = upgrade()) {
      socket.out().write(ascii("hello"));
      assertThat(new String(socket.in().readNBytes(5), StandardCharsets.US_ASCII))
          .isEqualTo("hello");
      one.die();
      two.die();
      assertThat(endOf(socket.in())).isTrue();
    }
  }

  @Test
  void refusalOfAWebSocketReachesTheClientAsItIs() throws Exception {
    one.script =
        (request, socket) ->
            Backend.write(socket, 401, "WWW-Authenticate: Bearer\r\n", "sign in first");
    two.script = one.script;
    try (UpgradedSocket socket = upgrade()) {
      assertThat(socket.head)
          .startsWith("HTTP/1.1 401")
          .containsIgnoringCase("WWW-Authenticate: Bearer");
      assertThat(new String(socket.in().readNBytes(13), StandardCharsets.US_ASCII))
          .isEqualTo("sign in first");
    }
  }

  @Test
  void noReadyReplicaIsAnswered503WithRetryAfter() throws Exception {
    one.die();
    two.ready = false;
    await().atMost(LIMIT).until(() -> get("/").statusCode() == 503);
    two.requests.clear();
    HttpResponse<String> response = send("POST", "/api", "x");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(two.requests).isEmpty();
    assertThat(get("/identity").statusCode()).isEqualTo(200);
  }

  private Backend.Request onlyRequest() {
    List<Backend.Request> all = new ArrayList<>(one.requests);
    all.addAll(two.requests);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private boolean onlyAnswers(String name) throws Exception {
    for (int i = 0; i < 4; i++) {
      if (!get("/").body().equals(name)) {
        return false;
      }
    }
    return true;
  }

  private void awaitTraffic(Backend backend) {
    await().atMost(LIMIT).ignoreExceptions().until(() -> get("/").body().equals(backend.name));
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    return http.send(
        request(path)
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path)).timeout(LIMIT);
  }

  private UpgradedSocket upgrade() throws IOException {
    return new UpgradedSocket(port());
  }

  static void upgradeAndEcho(Backend.Request request, Socket socket) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(
        ascii(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                + "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n"));
    out.flush();
    socket.getInputStream().transferTo(out);
  }

  private static boolean endOf(InputStream in) {
    try {
      return in.read() < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  private static void awaitLatch(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IOException("nobody read the first event");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A client's side of a WebSocket, without the frames: the gateway must not care. */
  static final class UpgradedSocket implements AutoCloseable {

    final String head;
    private final Socket socket;

    UpgradedSocket(int port) throws IOException {
      socket = new Socket("localhost", port);
      socket.setSoTimeout((int) LIMIT.toMillis());
      socket
          .getOutputStream()
          .write(
              ascii(
                  "GET /hub/notificationhub?id=abc HTTP/1.1\r\nHost: localhost:"
                      + port
                      + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      + "Sec-WebSocket-Version: 13\r\n"
                      + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
      StringBuilder text = new StringBuilder();
      while (text.indexOf("\r\n\r\n") < 0) {
        int next = socket.getInputStream().read();
        if (next < 0) {
          throw new IOException("closed after: " + text);
        }
        text.append((char) next);
      }
      head = text.toString();
    }

    InputStream in() throws IOException {
      return socket.getInputStream();
    }

    OutputStream out() throws IOException {
      return socket.getOutputStream();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
