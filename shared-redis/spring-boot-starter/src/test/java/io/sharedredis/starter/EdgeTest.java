package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.spring.web.ReadinessCondition;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

class EdgeTest {

  private static final AtomicBoolean joined = new AtomicBoolean(true);
  private static final CountDownLatch never = new CountDownLatch(1);
  private static final AtomicBoolean hangs = new AtomicBoolean();

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
    start("--shared-redis.drain.notice=1s");
    int port = port();
    Thread stop = new Thread(app::close);
    stop.start();
    try {
      boolean noticed = false;
      while (!noticed) {
        HttpResponse<String> probe = get(port, "/readiness");
        noticed = probe.statusCode() == 503;
      }
      assertThat(get(port, "/liveness").statusCode()).isEqualTo(200);
    } finally {
      stop.join();
    }
  }

  private void start(String... more) {
    String[] arguments = new String[more.length + 6];
    System.arraycopy(more, 0, arguments, 6, more.length);
    arguments[0] = "--server.port=0";
    arguments[1] = "--server.servlet.context-path=/app";
    arguments[2] = "--spring.application.name=edge-test";
    arguments[3] = "--REPLICA_NAME=app-1";
    arguments[4] = "--IsClusterEnv=false";
    arguments[5] = more.length > 0 ? "--quiet" : "--shared-redis.drain.notice=0s";
    app = new SpringApplicationBuilder(App.class).run(arguments);
  }

  private int port() {
    return Integer.parseInt(app.getEnvironment().getRequiredProperty("local.server.port"));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return get(port(), path);
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
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

    @GetMapping("/boom")
    String boom() {
      throw new IllegalStateException("boom");
    }
  }
}
