package io.sharedredis.spring.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.lifetime.InProcessHubLifetime;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.hub.server.ConnectionIds;
import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.hub.server.HubDefinition;
import io.sharedredis.hub.server.HubRuntime;
import io.sharedredis.hub.server.HubServer;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.mock.web.DelegatingServletOutputStream;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.HandlerExecutionChain;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What may be asked of a hub's address, several requests one after the other: each is answered with
 * a status of the protocol, and nothing of it gets into a header.
 */
class HubHttpFuzzTest {
  private static final Set<Integer> STATUSES = Set.of(200, 202, 204, 400, 403, 404, 405, 409);

  /** Requests of one input. */
  private static final int MOST = 8;

  public static final class EchoHub extends Hub<ClientProxy> {
    public String echo(String text) {
      return text;
    }
  }

  private final HubConnections connections = new HubConnections();
  private final HubHandlerMapping mapping = mapping();
  private @Nullable String token;

  private HubHandlerMapping mapping() {
    ConnectionIds ids = new ConnectionIds();
    Duration lifetime = Duration.ofSeconds(15);
    HubServer hub =
        new HubServer(
            HubDefinition.of(
                EchoHub.class,
                () -> {
                  EchoHub one = new EchoHub();
                  return () -> one;
                },
                List.of(new JsonHubProtocol(), new MessagePackHubProtocol())),
            (name, protocols) -> new InProcessHubLifetime(),
            new HubRuntime(Runnable::run, System::nanoTime, connections));
    LocalConnectionTokens tokens = new LocalConnectionTokens(ids, lifetime, System::nanoTime);
    HubGate gate =
        new HubGate(
            new Claims(tokens, tokens, null, lifetime, System::nanoTime),
            new ExpiringConnections(request -> null, InstantSource.system(), connections),
            ids,
            new AllowedOrigins(Set.of("https://shop.example")),
            connections,
            10,
            Runnable::run,
            null,
            null);
    HubSockets none =
        (request, response, subProtocol, what) -> {
          assertThat(subProtocol == null || !subProtocol.isEmpty()).isTrue();
          response.setStatus(400);
          return false;
        };
    EndpointOptions options =
        new EndpointOptions(
            EndpointOptions.ALL_TRANSPORTS,
            Duration.ofSeconds(50),
            0,
            List.of("*"),
            true,
            Set.of());
    return new HubHandlerMapping(
        Map.of("/hub", new HubRoute(hub, options)), new HubPaths(List.of("/hub")), gate, none);
  }

  /**
   * Requests, an empty line between: method and target, then headers, after a line of its own with
   * {@code .} the body. {@code {token}} stands for the token of the latest negotiation.
   */
  @MethodSource
  @FuzzTest(maxDuration = "1m")
  void requests(byte[] input) throws Exception {
    HubHttpFuzzTest hub = new HubHttpFuzzTest();
    int left = MOST;
    for (String request : new String(input, UTF_8).split("\n\n")) {
      if (left-- > 0) {
        hub.ask(request);
      }
    }
    assertThat(hub.connections.size()).isLessThanOrEqualTo(MOST);
  }

  private void ask(String text) throws Exception {
    String[] parts = text.replace("{token}", token == null ? "" : token).split("\n\\.\n", 2);
    String[] lines = parts[0].split("\n", -1);
    String[] first = lines[0].split(" ", 2);
    String target = printable(first.length < 2 ? "/hub" : first[1]);
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    if (!decodes(path)) {
      return;
    }
    MockHttpServletRequest request = new MockHttpServletRequest(printable(first[0]), path);
    request.setQueryString(query < 0 ? null : target.substring(query + 1));
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        request.addHeader(
            printable(lines[i].substring(0, colon)),
            printable(lines[i].substring(colon + 1)).strip());
      }
    }
    request.setContent(parts.length < 2 ? new byte[0] : parts[1].getBytes(UTF_8));
    request.setAsyncSupported(true);
    answer(request, new AsyncResponse());
  }

  /** Takes everything at once. */
  private static final class AsyncResponse extends MockHttpServletResponse {
    private final ServletOutputStream out =
        new DelegatingServletOutputStream(super.getOutputStream()) {
          @Override
          public boolean isReady() {
            return true;
          }

          @Override
          public void setWriteListener(WriteListener listener) {
            try {
              listener.onWritePossible();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };

    @Override
    public ServletOutputStream getOutputStream() {
      return out;
    }
  }

  private void answer(MockHttpServletRequest request, MockHttpServletResponse response)
      throws Exception {
    HandlerExecutionChain chain = handler(request);
    if (chain == null) {
      return;
    }
    ((HttpRequestHandler) chain.getHandler()).handleRequest(request, response);
    assertThat(STATUSES).contains(response.getStatus());
    for (String name : response.getHeaderNames()) {
      for (String value : response.getHeaders(name)) {
        assertThat(value).doesNotContain("\r", "\n").matches("[ -~]*");
      }
    }
    if ("application/json".equals(response.getContentType())) {
      JsonNode said = JsonMapper.shared().readTree(response.getContentAsByteArray());
      assertThat(said.has("error") || said.has("connectionId")).isTrue();
      token = said.path("connectionToken").asString(said.path("connectionId").asString(token));
    }
  }

  private @Nullable HandlerExecutionChain handler(MockHttpServletRequest request)
      throws IOException {
    try {
      return mapping.getHandler(request);
    } catch (Exception e) {
      throw new AssertionError("no way was found for " + request.getRequestURI(), e);
    }
  }

  /** Containers refuse other paths, and Spring's own mappings fail on them. */
  private static boolean decodes(String path) {
    try {
      return URLDecoder.decode(path, UTF_8) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What a container lets through. */
  private static String printable(String text) {
    return text.replaceAll("[^ -~]", "");
  }

  static Stream<byte[]> requests() {
    String negotiate = "POST /hub/negotiate?negotiateVersion=1\n\n";
    return Stream.of(
            negotiate
                + "GET /hub?id={token}\n\n"
                + "POST /hub?id={token}\n.\n{\"protocol\":\"json\",\"version\":1}\u001e\n\n"
                + "GET /hub?id={token}\n\nDELETE /hub?id={token}\n\nGET /hub?id={token}",
            negotiate
                + "GET /HUB/?ID={token}\nAccept: a, text/event-stream\n\nPOST /hub?id={token}",
            "POST /hub/negotiate?negotiateVersion=%0d%0aX:1&useStatefulReconnect=true",
            "POST /hub/negotiate?negotiateVersion=0\n\nGET /hub?id={token}&id=2",
            "GET /hub\nUpgrade: websocket\nConnection: keep-alive, Upgrade\n"
                + "Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\n"
                + "Sec-WebSocket-Protocol: a, b",
            "POST /hub/negotiate\nOrigin: https://evil.example",
            "GET /hub?id=%zz&access_token=x\n\nPUT /hub?id=%F0%9F%99%82\n\nOPTIONS /hub",
            "GET /hu%b\n\nGET /hub%\n\nPOST /hub/%zz/negotiate")
        .map(text -> text.getBytes(UTF_8));
  }
}
