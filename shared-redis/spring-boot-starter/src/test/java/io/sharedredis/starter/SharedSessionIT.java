package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

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
