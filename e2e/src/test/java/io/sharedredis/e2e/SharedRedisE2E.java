package io.sharedredis.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(RunningFarm.class)
class SharedRedisE2E {

  /** How long a request may take while Redis is away. */
  private static final Duration NO_HANG = Duration.ofSeconds(2);

  @Test
  void firstStartOfFourReplicasAtOnceEndsWithOneDefaultKey() {
    try (Farm farm = Farm.start()) {
      assertThat(farm.replicas()).hasSize(4);
      assertOneKey(farm.redisUrl());
    }
  }

  @Test
  void redisKilledUnderASignedInUserGives503AndComesBackByItself(Chromium chromium)
      throws Exception {
    try (RedisServer redis = RedisServer.start(RedisOptions.defaults().withAppendOnly());
        Farm farm = Farm.start("--redis", redis.url());
        BrowserContext visitor = chromium.visitor()) {
      ShopTab tab = new ShopTab(visitor, farm.gateway()).open("/").signIn("alice");
      String cookie =
          visitor.cookies(farm.gateway()).stream()
              .filter(c -> c.name.equals("shop.session"))
              .map(c -> c.name + "=" + c.value)
              .findFirst()
              .orElseThrow();
      HttpRequest basket =
          HttpRequest.newBuilder(URI.create(farm.gateway() + "/api/v1/basket"))
              .header("Cookie", cookie)
              .timeout(Duration.ofSeconds(10))
              .build();
      assertThat(send(farm, basket).statusCode()).isEqualTo(200);

      redis.kill();
      for (int i = 0; i < 6; i++) {
        long before = System.nanoTime();
        HttpResponse<String> answer = send(farm, basket);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(NO_HANG);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      }
      assertThat(farm.replicas()).allMatch(farm::isReady);
      assertThat(farm.status(farm.replica("webspa-1").origin() + "/hc")).isEqualTo(503);
      assertThat(farm.status(farm.replica("webspa-1").origin() + "/liveness")).isEqualTo(200);

      redis.startAgain();
      Farm.await(
          Duration.ofSeconds(15), "the basket again", () -> sendQuietly(farm, basket) == 200);
      long order = tab.open("/").buySomething();
      tab.awaitHub();
      tab.awaitRow(order, "paid");
    }
  }

  private static void assertOneKey(String redisUrl) {
    RedisClient client = RedisClient.create(redisUrl);
    try (StatefulRedisConnection<String, String> redis = client.connect()) {
      List<String> ring = redis.sync().lrange("DataProtection-Keys", 0, -1);
      assertThat(ring).hasSize(1);
      assertThat(ring.get(0)).startsWith("<key id=\"");
    } finally {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
  }

  private static int sendQuietly(Farm farm, HttpRequest request) {
    try {
      return send(farm, request).statusCode();
    } catch (Exception e) {
      return 0;
    }
  }

  private static HttpResponse<String> send(Farm farm, HttpRequest request) throws Exception {
    return farm.http().send(request, HttpResponse.BodyHandlers.ofString());
  }
}
