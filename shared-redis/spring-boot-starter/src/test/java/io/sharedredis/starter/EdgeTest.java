package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.spring.web.ReadinessCondition;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

@ExtendWith(OutputCaptureExtension.class)
class EdgeTest {

  private static final AtomicBoolean joined = new AtomicBoolean(true);
  private static final CountDownLatch never = new CountDownLatch(1);
  private static final AtomicBoolean hangs = new AtomicBoolean();

  private final HttpClient http = HttpClient.newHttpClient();
  private ConfigurableApplicationContext app;

  @AfterEach
  void stop() {
    joined.set(true);
    hangs.set(false);
    if (app != null) {
      app.close();
    }
  }

  @Test
  void everyResponseSaysWhichReplicaAnswered() throws Exception {
    start();
    for (String path :
        new String[] {"/app/boom", "/app/none", "/elsewhere", "/liveness", "/app/"}) {
      assertThat(get(path).headers().firstValue("X-Replica")).as(path).contains("app-1");
    }
  }

  @Test
  void probesAnswerAtTheRootAndBelowTheContextPathWithoutLogin() throws Exception {
    start();
    for (String path : new String[] {"/readiness", "/hc", "/liveness"}) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(200);
      assertThat(get("/app" + path).statusCode()).as("/app" + path).isEqualTo(200);
    }
    // Everything else is behind the login that Spring Security puts there by default.
    assertThat(get("/app/boom").statusCode()).isEqualTo(401);
  }

  @Test
  void readinessIsOffUntilEverythingWasJoinedAndWhileDraining() throws Exception {
    start();
    joined.set(false);
    assertThat(get("/readiness").statusCode()).isEqualTo(503);
    assertThat(get("/readiness").body()).contains("\"database\":\"DOWN\"");
    assertThat(get("/liveness").statusCode()).isEqualTo(200);
    joined.set(true);
    assertThat(get("/readiness").statusCode()).isEqualTo(200);
    AvailabilityChangeEvent.publish(app, ReadinessState.REFUSING_TRAFFIC);
    assertThat(get("/readiness").statusCode()).isEqualTo(503);
  }

  @Test
  void dependencyThatHangsMakesTheHealthCheckFailWithinASecond() throws Exception {
    start();
    hangs.set(true);
    for (int i = 0; i < 3; i++) {
      long begin = System.nanoTime();
      HttpResponse<String> answer = get("/hc");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("\"warehouse\":\"DOWN\"");
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
    }
    never.countDown();
  }

  @Test
  void stopBeginsWithANoticeDuringWhichRequestsAreServed() throws Exception {
    start("--shared-redis.drain.notice=5s");
    int port = port();
    Thread stop = new Thread(app::close);
    stop.start();
    try {
      boolean noticed = false;
      while (!noticed) {
        HttpResponse<String> probe = get(port, "/readiness");
        noticed = probe.statusCode() == 503;
      }
      assertThat(get(port, "/app/who").statusCode()).isEqualTo(200);
    } finally {
      stop.join();
    }
  }

  @Test
  void forwardedHeadersAreBelievedFromTheGatewayOnly() throws Exception {
    start();
    assertThat(whoAsks()).isEqualTo("https://shop.example 203.0.113.7");
    // What the client invents stands before what the gateway adds, or where no gateway looks.
    assertThat(
            whoAsks(
                "X-Forwarded-For",
                "192.0.2.1",
                "Forwarded",
                "for=192.0.2.1;host=evil.example;proto=http"))
        .isEqualTo("https://shop.example 203.0.113.7");
    app.close();
    start("--TRUSTED_PROXIES=10.0.0.0/8", "--shared-redis.drain.notice=0s");
    assertThat(whoAsks()).isEqualTo("http://localhost:" + port() + " 127.0.0.1");
  }

  @Test
  void settingThatCannotBeUsedStopsTheStartWithWordsAndNoStackTrace(CapturedOutput output) {
    assertThatThrownBy(() -> start("--IsClusterEnv=maybe")).isNotNull();
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("IsClusterEnv: the value 'maybe' is neither true nor false.")
        .contains("Set it to true when several replicas share Redis");
  }

  /** What the application sees of a request that claims to come through a gateway. */
  private String whoAsks(String... before) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port() + "/app/who"));
    if (before.length != 0) {
      request.headers(before);
    }
    return http.send(
            request
                .header("X-Forwarded-For", "203.0.113.7")
                .header("X-Forwarded-Proto", "https")
                .header("X-Forwarded-Host", "shop.example")
                .header("X-Forwarded-Port", "443")
                .build(),
            BodyHandlers.ofString())
        .body();
  }

  private void start(String... more) {
    app =
        new SpringApplicationBuilder(App.class)
            .properties(
                Map.of(
                    "server.port", "0",
                    "server.servlet.context-path", "/app",
                    "spring.application.name", "edge-test",
                    "REPLICA_NAME", "app-1",
                    "IsClusterEnv", "false",
                    "shared-redis.drain.notice", "0s"))
            .run(more);
  }

  private int port() {
    return Integer.parseInt(app.getEnvironment().getRequiredProperty("local.server.port"));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return get(port(), path);
  }

  private HttpResponse<String> get(int port, String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
        BodyHandlers.ofString());
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @RestController
  static class App {

    @Bean
    ReadinessCondition database() {
      return new ReadinessCondition() {
        @Override
        public String name() {
          return "database";
        }

        @Override
        public boolean met() {
          return joined.get();
        }
      };
    }

    @Bean
    HealthIndicator warehouse() {
      return () -> {
        if (hangs.get()) {
          try {
            never.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        }
        return Health.up().build();
      };
    }

    @Bean
    SecurityFilterChain security(HttpSecurity http) {
      return http.authorizeHttpRequests(
              requests -> requests.requestMatchers("/who").permitAll().anyRequest().authenticated())
          .httpBasic(Customizer.withDefaults())
          .build();
    }

    @GetMapping("/who")
    String who(HttpServletRequest request) {
      return ServletUriComponentsBuilder.fromContextPath(request).replacePath("").toUriString()
          + " "
          + request.getRemoteAddr();
    }

    @GetMapping("/boom")
    String boom() {
      throw new IllegalStateException("boom");
    }
  }
}
