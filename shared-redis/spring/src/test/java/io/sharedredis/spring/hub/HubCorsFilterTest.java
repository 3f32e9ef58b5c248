package io.sharedredis.spring.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.hub.HubRequest;
import io.sharedredis.hub.server.ConnectionServer;
import io.sharedredis.hub.server.HubTransport;
import io.sharedredis.hub.server.TransportListener;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class HubCorsFilterTest {
  private static final String SPA = "https://spa.example";

  private final HubCorsFilter filter =
      new HubCorsFilter(
          new HubPaths(List.of("/hub/open", "/hub/closed")),
          Map.of("/hub/open", route(Set.of(SPA)), "/hub/closed", route(Set.of())));

  private static HubRoute route(Set<String> readers) {
    EndpointOptions d = EndpointOptions.defaults();
    return new HubRoute(
        new Nothing(),
        new EndpointOptions(d.transports(), d.pollTimeout(), 0, d.subProtocols(), false, readers));
  }

  private static final class Nothing implements ConnectionServer {
    @Override
    public TransportListener open(
        String connectionId, HubRequest request, HubTransport transport, boolean stateful) {
      throw new IllegalStateException("nothing opens here");
    }

    @Override
    public void close() {}
  }

  @Test
  void preflightOfANamedOriginIsAnsweredWithCredentialsInAnySpellingOfThePath() throws Exception {
    MockHttpServletResponse answer = preflight("/HUB/Open/negotiate", SPA);
    assertThat(answer.getStatus()).isEqualTo(204);
    assertThat(answer.getHeader("Access-Control-Allow-Origin")).isEqualTo(SPA);
    assertThat(answer.getHeader("Access-Control-Allow-Credentials")).isEqualTo("true");
    assertThat(answer.getHeader("Access-Control-Allow-Methods")).isEqualTo("POST");
    assertThat(answer.getHeader("Access-Control-Allow-Headers")).isEqualTo("x-requested-with");
    assertThat(answer.getHeader("Vary")).isEqualTo("Origin");
  }

  @Test
  void foreignOriginGetsNoHeaders() throws Exception {
    MockHttpServletResponse answer = preflight("/hub/open", "https://evil.example");
    assertThat(answer.getStatus()).isEqualTo(204);
    assertThat(answer.getHeader("Access-Control-Allow-Origin")).isNull();
    assertThat(answer.getHeader("Access-Control-Allow-Headers")).isNull();
  }

  @Test
  void pathThatNamesNobodyIsLeftToTheApplication() throws Exception {
    MockFilterChain chain = new MockFilterChain();
    MockHttpServletResponse answer = new MockHttpServletResponse();
    filter.doFilter(asking("OPTIONS", "/hub/closed", SPA), answer, chain);
    assertThat(chain.getRequest()).isNotNull();
    assertThat(answer.getHeaderNames()).isEmpty();
  }

  @Test
  void refusalsOfTheApplicationMayBeReadToo() throws Exception {
    MockHttpServletResponse answer = new MockHttpServletResponse();
    filter.doFilter(
        asking("POST", "/hub/open/negotiate", SPA),
        answer,
        (request, response) -> ((MockHttpServletResponse) response).setStatus(401));
    assertThat(answer.getStatus()).isEqualTo(401);
    assertThat(answer.getHeader("Access-Control-Allow-Origin")).isEqualTo(SPA);
  }

  private MockHttpServletResponse preflight(String path, String origin) throws Exception {
    MockHttpServletResponse answer = new MockHttpServletResponse();
    MockHttpServletRequest request = asking("OPTIONS", path, origin);
    request.addHeader("Access-Control-Request-Method", "POST");
    request.addHeader("Access-Control-Request-Headers", "x-requested-with");
    filter.doFilter(request, answer, new MockFilterChain());
    return answer;
  }

  private static MockHttpServletRequest asking(String method, String path, String origin) {
    MockHttpServletRequest request = new MockHttpServletRequest(method, path);
    request.addHeader("Origin", origin);
    return request;
  }
}
