package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import tools.jackson.databind.json.JsonMapper;

@SpringBootTest(
    classes = HubApp.class,
    webEnvironment = WebEnvironment.RANDOM_PORT,
    properties = {
      "spring.application.name=hubs",
      "shared-redis.public-url=https://shop.example",
      "shared-redis.drain.notice=0s",
      "shared-redis.hub.max-connections=1"
    })
class HubFullTest {
  private final HttpClient http = HttpClient.newHttpClient();

  @Value("${local.server.port}")
  private int port;

  @Test
  void fullReplicaTakesNoPollingConnectionsEither() throws Exception {
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> negotiateStatus() == 200);
    String first = negotiate();
    String second = negotiate();
    assertThat(poll(first).statusCode()).isEqualTo(200);
    HttpResponse<String> refused = poll(second);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).contains("5");
    // Who is connected polls on.
    assertThat(
            send(request(first)
                    .POST(BodyPublishers.ofString("{\"protocol\":\"json\",\"version\":1}\u001e")))
                .statusCode())
        .isEqualTo(200);
    assertThat(poll(first).body()).isEqualTo("{}\u001e");
    // A place that becomes free is the second one's.
    assertThat(send(request(first).DELETE()).statusCode()).isEqualTo(202);
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> poll(second).statusCode() == 200);
    assertThat(send(request(second).DELETE()).statusCode()).isEqualTo(202);
  }

  @Test
  void ofManyThatComeAtOnceOnlyAsManyAsThereArePlacesGetIn() throws Exception {
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> negotiateStatus() == 200);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      ids.add(negotiate());
    }
    List<CompletableFuture<HttpResponse<String>>> polls = new ArrayList<>();
    for (String id : ids) {
      polls.add(http.sendAsync(request(id).GET().build(), BodyHandlers.ofString()));
    }
    List<Integer> answers = new ArrayList<>();
    for (CompletableFuture<HttpResponse<String>> poll : polls) {
      answers.add(poll.get(20, TimeUnit.SECONDS).statusCode());
    }
    assertThat(answers).containsOnlyOnce(200).containsOnly(200, 503);
    assertThat(negotiateStatus()).isEqualTo(503);
    assertThat(send(request(ids.get(answers.indexOf(200))).DELETE()).statusCode()).isEqualTo(202);
  }

  @Test
  void placeIsFreeAgainWhenAFilterFailsBehindTheUpgrade() throws Exception {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> negotiateStatus() == 200);
    // Whether the container gives up the upgrade or goes on with it is its own affair.
    for (String rest : List.of("?id=" + negotiate(), "")) {
      webSocket(rest, "true").thenAccept(WebSocket::abort).exceptionally(e -> null).join();
      Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> negotiateStatus() == 200);
    }
    Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> negotiateStatus() == 200);
    WebSocket socket = webSocket("?id=" + negotiate(), "false").get(20, TimeUnit.SECONDS);
    assertThat(negotiateStatus()).isEqualTo(503);
    socket.abort();
  }

  private CompletableFuture<WebSocket> webSocket(String rest, String fails) {
    return http.newWebSocketBuilder()
        .header("X-Fail", fails)
        .buildAsync(
            URI.create("ws://localhost:" + port + "/hub/open" + rest), new WebSocket.Listener() {});
  }

  @TestConfiguration
  static class Failing {

    /** Around all others, as an application's own might be. */
    @Bean
    FilterRegistrationBean<Filter> failingFilter() {
      Filter filter =
          (request, response, chain) -> {
            chain.doFilter(request, response);
            if ("true".equals(((HttpServletRequest) request).getHeader("X-Fail"))) {
              throw new ServletException("a filter failed behind the upgrade");
            }
          };
      FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(filter);
      registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
      return registration;
    }
  }

  private int negotiateStatus() throws Exception {
    return send(HttpRequest.newBuilder(uri("/negotiate?negotiateVersion=1"))
            .POST(BodyPublishers.noBody()))
        .statusCode();
  }

  private String negotiate() throws Exception {
    String body =
        send(HttpRequest.newBuilder(uri("/negotiate?negotiateVersion=1"))
                .POST(BodyPublishers.noBody()))
            .body();
    return JsonMapper.shared().readTree(body).get("connectionToken").asString();
  }

  private HttpResponse<String> poll(String id) throws Exception {
    return send(request(id).GET());
  }

  private HttpRequest.Builder request(String id) {
    return HttpRequest.newBuilder(uri("?id=" + id));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private URI uri(String rest) {
    return URI.create("http://localhost:" + port + "/hub/open" + rest);
  }
}
