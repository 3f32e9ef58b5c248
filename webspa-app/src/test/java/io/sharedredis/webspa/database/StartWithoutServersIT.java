package io.sharedredis.webspa.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.testkit.FaultyProxy;
import io.sharedredis.testkit.FreePorts;
import io.sharedredis.testkit.RedisOptions;
import io.sharedredis.testkit.RedisServer;
import io.sharedredis.webspa.farm.Client;
import io.sharedredis.webspa.farm.Databases;
import io.sharedredis.webspa.farm.Replica;
import io.sharedredis.webspa.farm.SharedShop;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class StartWithoutServersIT {

  @Test
  void replicaWaitsForRedisAndPostgresqlSaysWhichAndJoinsWhenTheyComeAndComeBack(
      CapturedOutput output) throws IOException {
    int redisPort = FreePorts.one();
    URI real = URI.create(Databases.create().substring("jdbc:".length()));
    try (FaultyProxy database = cutOff(real);
        Replica replica =
            SharedShop.settings("jdbc:postgresql://localhost:" + database.port() + real.getPath())
                .set("BASKET_REDIS_URL", "redis://127.0.0.1:" + redisPort)
                .start("webspa-early")) {
      Client anybody = replica.as(null);
      assertThat(anybody.get("/liveness").status()).isEqualTo(200);
      Client.Answer readiness = anybody.get("/readiness");
      assertThat(readiness.status()).isEqualTo(503);
      assertThat(readiness.body()).contains("\"database\":\"DOWN\"", "\"shopRedis\":\"DOWN\"");
      assertThatShopIsAway(anybody);
      Awaitility.await()
          .atMost(20, TimeUnit.SECONDS)
          .until(
              () ->
                  output.getAll().contains("jdbc:postgresql://localhost:" + database.port())
                      && output.getAll().contains("redis://127.0.0.1:" + redisPort));

      database.heal();
      try (RedisServer redis = RedisServer.start(RedisOptions.defaults().withPort(redisPort))) {
        replica.awaitReady();
        assertThat(redis.controlled()).isTrue();
        assertThat(anybody.get("/api/v1/catalog/items").json().path("count").asInt()).isEqualTo(14);

        database.cut();
        assertThatShopIsAway(anybody);
        assertThat(anybody.get("/readiness").status()).isEqualTo(200);
        assertThat(anybody.get("/hc").status()).isEqualTo(503);
        database.heal();
        Awaitility.await()
            .atMost(20, TimeUnit.SECONDS)
            .until(() -> anybody.get("/api/v1/catalog/items").status() == 200);
      }
    }
  }

  private static FaultyProxy cutOff(URI target) {
    FaultyProxy proxy = FaultyProxy.to("localhost", target.getPort());
    proxy.cut();
    return proxy;
  }

  private static void assertThatShopIsAway(Client anybody) {
    long begun = System.nanoTime();
    Client.Answer answer = anybody.get("/api/v1/catalog/items");
    assertThat((System.nanoTime() - begun) / 1_000_000).isLessThan(3_000);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.header("Retry-After")).isNotEmpty();
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
  }

  @Test
  void settingsThatCannotBeRightStopTheStartAndAreNamed() {
    assertStartFails("IsClusterEnv", "perhaps", "IsClusterEnv");
    assertStartFails("BASKET_REDIS_URL", "http://nowhere", "BASKET_REDIS_URL");
    assertStartFails("IDENTITY_INTERNAL_URL", "identity:8080", "IDENTITY_INTERNAL_URL");
    assertStartFails("shared-redis.application-name", "", "application-name");
    assertStartFails("ORDER_GRACE_PERIOD", "-5s", "ORDER_GRACE_PERIOD");
  }

  private static void assertStartFails(String name, String value, String named) {
    assertThatThrownBy(
            () ->
                SharedShop.settings("jdbc:postgresql://localhost:1/none")
                    .set(name, value)
                    .start("webspa-wrong")
                    .close())
        .as(name)
        .hasStackTraceContaining(named);
  }
}
