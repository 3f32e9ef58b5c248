package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same application with our own store: everything that held holds. */
class SharedSessionIT extends SessionIT {

  @Override
  String store() {
    return "shared";
  }

  @Override
  @Test
  void sessionLiesUnderOurKeyAsJsonWithAnEnd() throws Exception {
    signIn(first);
    redis(
        client -> {
          var commands = client.connect().sync();
          List<String> keys = commands.keys("shared-redis:session-test:session:{0}:id:*");
          assertThat(keys).isNotEmpty();
          for (String key : keys) {
            assertThat(commands.ttl(key)).isPositive();
            Map<String, String> hash = commands.hgetall(key);
            assertThat(hash).containsEntry("v", "1");
            assertThat(hash.toString()).doesNotContain("alice").doesNotContain("@class");
          }
        });
  }

  /** Spring Session's repository would have been asked before: only the error page needs it. */
  @Test
  void requestThatFailsWhileRedisIsAwayIsAnsweredAsThatFailure() throws Exception {
    String cookie = signIn(first);
    redis.stop();
    try {
      HttpResponse<String> missing = get(first, "/nowhere", cookie);
      assertThat(missing.statusCode()).isEqualTo(404);
      assertThat(missing.headers().firstValue("Content-Type")).contains("application/problem+json");
      assertThat(missing.headers().firstValue("X-Replica")).contains("one");
      assertThat(missing.headers().allValues("Set-Cookie")).isEmpty();
      assertThat(missing.body()).contains("\"title\":\"Not Found\",\"status\":404");
    } finally {
      redis.startAgain();
    }
    awaitSignedIn(cookie);
  }

  /** A value of another session, since whoever writes to Redis cannot seal one. */
  @Override
  void forgeSecurityContext() {
    redis(
        client -> {
          var commands = client.connect().sync();
          for (String key : commands.keys("shared-redis:session-test:session:{0}:id:*")) {
            commands.hset(key, "x:SPRING_SECURITY_CONTEXT", "1:forged");
          }
        });
  }
}
