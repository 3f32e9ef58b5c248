package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.netty.HubLoops;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** What Tomcat keeps of connections that were taken from it. */
@HubAppTest
class TakenOverSocketsTest {
  private static final int CONNECTIONS = Integer.getInteger("netty.connections", 400);
  private static final int AT_A_TIME = 50;

  @Value("${local.server.port}")
  private int port;

  @Autowired private HubLoops loops;
  @Autowired private HubConnections connections;
  @Autowired private ServletWebServerApplicationContext context;

  private AbstractEndpoint<?, ?> endpoint() throws ReflectiveOperationException {
    TomcatWebServer server = (TomcatWebServer) context.getWebServer();
    var field = AbstractProtocol.class.getDeclaredField("endpoint");
    field.setAccessible(true);
    return (AbstractEndpoint<?, ?>)
        field.get(server.getTomcat().getConnector().getProtocolHandler());
  }

  @Test
  void nothingIsLeftOfConnectionsThatCameAndWent() throws Exception {
    AbstractEndpoint<?, ?> endpoint = endpoint();
    // Clients of other tests may be connected still.
    int before = endpoint.getConnections().size();
    for (int round = 0; round < CONNECTIONS / AT_A_TIME; round++) {
      List<Socket> open = new ArrayList<>();
      for (int i = 0; i < AT_A_TIME; i++) {
        open.add(open(i % 3 == 0));
      }
      assertThat(loops.open()).isGreaterThanOrEqualTo(AT_A_TIME);
      assertThat(endpoint.getConnectionCount()).isGreaterThanOrEqualTo(AT_A_TIME);
      for (int i = 0; i < AT_A_TIME; i++) {
        if (i % 2 == 0) {
          open.get(i).setSoLinger(true, 0);
        }
        open.get(i).close();
      }
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(loops.open()).isZero();
              assertThat(connections.size()).isZero();
              assertThat(endpoint.getConnections()).hasSizeLessThanOrEqualTo(before);
              assertThat(endpoint.getConnectionCount()).isLessThanOrEqualTo(before + 1);
            });
    assertThat(PooledByteBufAllocator.DEFAULT.metric().directArenas())
        .allSatisfy(arena -> assertThat(arena.numActiveAllocations()).isLessThan(100));
    // Tomcat uses a connection's parts again: they must be whole.
    try (Socket again = new Socket("localhost", port)) {
      again.setSoTimeout(20_000);
      again
          .getOutputStream()
          .write(
              ("GET /whatever-" + "x".repeat(4_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(again.getInputStream().read()).isEqualTo('H');
    }
  }

  /** A client that does not wait for the answer sends its first message with the request. */
  private Socket open(boolean hurried) throws IOException {
    Socket socket = new Socket("localhost", port);
    socket.setSoTimeout(20_000);
    String request =
        """
        GET /hub/open HTTP/1.1\r
        Host: localhost\r
        Connection: Upgrade\r
        Upgrade: websocket\r
        Sec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r
        \r
        """;
    byte[] head = request.getBytes(StandardCharsets.US_ASCII);
    byte[] text = "{\"protocol\":\"json\",\"version\":1}\u001e".getBytes(StandardCharsets.UTF_8);
    byte[] both = new byte[head.length + 6 + text.length];
    System.arraycopy(head, 0, both, 0, head.length);
    both[head.length] = (byte) 0x81;
    both[head.length + 1] = (byte) (0x80 | text.length);
    System.arraycopy(text, 0, both, head.length + 6, text.length);
    DataInputStream in = new DataInputStream(socket.getInputStream());
    int first = hurried ? both.length : head.length;
    socket.getOutputStream().write(both, 0, first);
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n\r\n") < 0) {
      answer.append((char) in.readUnsignedByte());
    }
    assertThat(answer.toString())
        .startsWith("HTTP/1.1 101")
        .contains("Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=");
    socket.getOutputStream().write(both, first, both.length - first);
    byte[] accepted = new byte[5];
    in.readFully(accepted);
    assertThat(accepted).containsExactly(0x81, 3, '{', '}', 0x1e);
    return socket;
  }
}
