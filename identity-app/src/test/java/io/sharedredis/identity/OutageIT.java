package io.sharedredis.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.identity.Farm.Replica;
import io.sharedredis.testkit.FaultyProxy;
import io.sharedredis.testkit.RedisServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Redis or PostgreSQL away, at the start and under signed-in people. */
class OutageIT {

  /** What a person waits at most: the farm's two seconds, and one for a busy build machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  @Test
  void redisThatComesLateKeepsReadinessOffUntilItIsThere() {
    try (RedisServer redis = RedisServer.startOwn()) {
      redis.stop();
      Map<String, Object> environment = Farm.shared().environment("identity-1");
      environment.put("DPConnectionString", redis.url());
      environment.put("SignalrStoreConnectionString", redis.url());
      environment.put("SESSION_REDIS_URL", redis.url());
      try (Replica replica = Replica.start("identity-1", environment)) {
        assertThat(replica.probe("/liveness")).isEqualTo(200);
        assertThat(replica.probe("/readiness")).isEqualTo(503);
        redis.startAgain();
        replica.awaitReady();
        assertThat(new Browser().get(replica, "/identity/login").statusCode()).isEqualTo(200);
      }
    }
  }

  @Test
  void databaseThatGoesAwayGives503AtOnceAndSignInWorksAgainWhenItIsBack() {
    Farm farm = Farm.shared();
    try (FaultyProxy proxy = FaultyProxy.to("localhost", farm.databasePort())) {
      Map<String, Object> environment = farm.environment("identity-1");
      environment.put("DATABASE_URL", "jdbc:postgresql://localhost:" + proxy.port() + "/postgres");
      try (Replica replica = Replica.start("identity-1", environment)) {
        replica.awaitReady();
        Browser browser = new Browser();
        String code = ShopSide.code(browser, replica, "alice");
        Map<String, Object> tokens = ShopSide.json(ShopSide.redeem(replica, code));

        proxy.cut();
        long begin = System.nanoTime();
        HttpResponse<String> account = browser.get(replica, "/identity/account");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE);
        assertThat(account.statusCode()).isEqualTo(503);
        assertThat(account.headers().firstValue("Retry-After")).isPresent();
        assertThat(account.body()).contains("We will be right back");
        HttpResponse<String> signIn =
            new Browser().signIn(replica, replica, "/identity/login", "bob", "Pass123$");
        assertThat(signIn.statusCode()).isEqualTo(503);
        assertThat(signIn.body()).contains("Signing in is not possible at the moment");
        for (HttpResponse<String> program :
            List.of(
                ShopSide.userinfo(replica, (String) tokens.get("access_token")),
                ShopSide.refresh(replica, (String) tokens.get("refresh_token")),
                browser.get(
                    replica, "/identity/connect/logout?id_token_hint=" + tokens.get("id_token")))) {
          assertThat(program.statusCode()).isEqualTo(503);
          assertThat(program.headers().firstValue("Retry-After")).isPresent();
          assertThat(program.body()).doesNotContain("SELECT", "JDBC", "Hikari");
        }
        assertThat(replica.probe("/readiness")).isEqualTo(200);
        assertThat(replica.probe("/hc")).isEqualTo(503);

        proxy.heal();
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> browser.get(replica, "/identity/account").statusCode() == 200);
      }
    }
  }

  @Test
  void redisKilledUnderASignedInPersonGives503AtOnceAndTheSessionIsBackWithIt() {
    try (RedisServer sessions = RedisServer.startOwn()) {
      Map<String, Object> environment = Farm.shared().environment("identity-1");
      environment.put("SESSION_REDIS_URL", sessions.url());
      environment.put("shared-redis.redis.command-timeout", "500ms");
      try (Replica replica = Replica.start("identity-1", environment)) {
        replica.awaitReady();
        Browser browser = new Browser();
        browser.signIn(replica, replica, "/identity/login", "alice", "Pass123$");
        sessions.stop();
        long begin = System.nanoTime();
        HttpResponse<String> account = browser.get(replica, "/identity/account");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE);
        assertThat(account.statusCode()).isEqualTo(503);
        assertThat(account.headers().firstValue("Retry-After")).isPresent();
        sessions.startAgain();
        Awaitility.await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> browser.get(replica, "/identity/account").statusCode() == 200);
      }
    }
  }
}
