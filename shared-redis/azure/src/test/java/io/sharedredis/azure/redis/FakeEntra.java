package io.sharedredis.azure.redis;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;

/**
 * Entra ID and Azure's Redis in one: each token it gives becomes the only password of the user at a
 * real Redis, so that whoever still comes with an older one is refused.
 */
public final class FakeEntra implements TokenCredential, AutoCloseable {

  public static final String USER = "6f0f5f0e-90fb-4a4d-8a2a-a1b2c3d4e5f6";

  private final RedisClient client;
  private final StatefulRedisConnection<String, String> admin;
  private final Duration life;

  public final AtomicInteger given = new AtomicInteger();
  public final AtomicInteger refused = new AtomicInteger();
  public volatile boolean away;

  public FakeEntra(String redisUrl, Duration life) {
    this.client = RedisClient.create(redisUrl);
    this.admin = client.connect();
    this.life = life;
  }

  public StatefulRedisConnection<String, String> admin() {
    return admin;
  }

  @Override
  public Mono<AccessToken> getToken(TokenRequestContext request) {
    return Mono.fromCallable(
        () -> {
          if (away) {
            refused.incrementAndGet();
            throw new IllegalStateException("Entra ID is away");
          }
          String token = token(given.incrementAndGet());
          admin
              .sync()
              .aclSetuser(
                  USER,
                  AclSetuserArgs.Builder.on()
                      .resetpass()
                      .addPassword(token)
                      .allKeys()
                      .allChannels()
                      .allCommands());
          return new AccessToken(token, OffsetDateTime.now().plus(life));
        });
  }

  /** A token whose second part names the user; nobody here looks at the signature. */
  static String token(int number) {
    return part("{\"alg\":\"none\"}")
        + "."
        + part("{\"oid\":\"" + USER + "\",\"n\":" + number + "}")
        + "."
        + part(UUID.randomUUID().toString());
  }

  private static String part(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /** How often connections logged in anew while they stood. */
  long reauthentications() {
    String stats = admin.sync().info("commandstats");
    return stats
        .lines()
        .filter(line -> line.startsWith("cmdstat_auth:"))
        .map(line -> line.replaceFirst("cmdstat_auth:calls=([0-9]+),.*", "$1"))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
  }
}
