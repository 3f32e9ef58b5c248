package io.sharedredis.spring.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtection;
import io.sharedredis.lettuce.connection.RedisAddress;
import io.sharedredis.lettuce.connection.RedisDeadlines;
import io.sharedredis.lettuce.connection.RedisLink;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.lettuce.session.RedisSessionStore;
import io.sharedredis.lettuce.session.SaveOutcome;
import io.sharedredis.lettuce.session.SessionId;
import io.sharedredis.lettuce.session.SessionStoreOptions;
import io.sharedredis.lettuce.session.SessionTooLargeException;
import io.sharedredis.lettuce.session.SessionWrite;
import io.sharedredis.lettuce.session.StoredSession;
import io.sharedredis.testkit.RedisServer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;

/**
 * Attributes that a session does not take: an error that says so, before Redis is asked. And those
 * that are there and cannot be read: dropped, so that the session lives.
 */
class SessionAttributesIT {

  /** A busy machine is no Redis that is away. */
  private static final RedisDeadlines PATIENT =
      new RedisDeadlines(Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(1));

  private static RedisServer redis;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static RedisNetwork network;
  private static RedisLink<byte[], byte[]> link;
  private static DataProtection ring;
  private static RedisSessionStore store;
  private static SharedSessionRepository sessions;

  @BeforeAll
  static void start() throws Exception {
    redis = RedisServer.start();
    client = RedisClient.create(redis.uri());
    raw = client.connect().sync();
    network = new RedisNetwork(PATIENT);
    link =
        new RedisLink<>(
            network, "sessions", RedisAddress.parse("test", redis.url()), ByteArrayCodec.INSTANCE);
    link.firstConnected().get(10, TimeUnit.SECONDS);
    ring = DataProtection.ephemeral();
    store = new RedisSessionStore(link, SessionStoreOptions.of("limits"), ring, new SecureRandom());
    sessions =
        new SharedSessionRepository(
            store,
            new SessionJson(SessionAttributesIT.class.getClassLoader(), List.of()),
            Duration.ofMinutes(30),
            "replica",
            InstantSource.system(),
            event -> {});
  }

  @AfterAll
  static void stop() {
    link.close();
    network.close();
    ring.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @Test
  void attributeOfFiveMegabytesIsAnErrorThatNamesItBeforeRedisIsAsked() {
    SharedSession session = saved();
    session.setAttribute("photo", "x".repeat(5 << 20));
    long before = scripts();
    assertThatThrownBy(() -> sessions.save(session))
        .isInstanceOf(SessionTooLargeException.class)
        .hasMessageContaining("'photo'")
        .hasMessageContaining("at most 1048576")
        .hasMessageNotContaining("xxx");
    assertThat(scripts()).isEqualTo(before);
    // It can be taken out again, and what else was written is kept then.
    session.removeAttribute("photo");
    session.setAttribute("name", "alice");
    sessions.save(session);
    assertThat(sessions.findById(session.getId()).getAttributeNames())
        .containsExactlyInAnyOrder("cart", "name");
  }

  @Test
  void attributeOfATypeThatIsNotOnTheListIsAnErrorWhereItIsSet() {
    SharedSession session = saved();
    assertThatThrownBy(() -> session.setAttribute("wish", new SessionJsonTest.Basket(1)))
        .isInstanceOf(SessionAttributeException.class)
        .hasMessageContaining("'wish'")
        .hasMessageContaining(SessionJsonTest.Basket.class.getName())
        .hasMessageContaining("shared-redis.session.attribute-types");
    session.setAttribute("wishes", Map.of("a", new SessionJsonTest.Basket(1)));
    assertThatThrownBy(() -> sessions.save(session))
        .isInstanceOf(SessionAttributeException.class)
        .hasMessageContaining("'wishes'")
        .hasMessageContaining(SessionJsonTest.Basket.class.getName());
    session.removeAttribute("wishes");
    sessions.save(session);
    assertThat(sessions.findById(session.getId()).getAttributeNames()).containsExactly("cart");
  }

  @Test
  void exceptionThatCannotBeKeptIsLeftOutSoThatAFailedSignInStaysOne() {
    SharedSession session = saved();
    session.setAttribute("SPRING_SECURITY_LAST_EXCEPTION", new QuotaException("used up"));
    session.setAttribute("local", LaterSessionValues.ofOneReplica());
    session.setAttribute("known", new BadCredentialsException("bad"));
    sessions.save(session);
    assertThat(session.<Object>getAttribute("SPRING_SECURITY_LAST_EXCEPTION"))
        .as("this request still sees it")
        .isInstanceOf(QuotaException.class);
    SharedSession found = sessions.findById(session.getId());
    assertThat(found.getAttributeNames()).containsExactlyInAnyOrder("cart", "known");
    assertThat(found.<Exception>getAttribute("known")).hasMessage("bad");
  }

  /** As another version of the application, or a class that was taken off the list, leaves it. */
  @Test
  void attributeOfATypeThatIsNotOnTheListIsDroppedAndCountedAndTheSessionLives() {
    assertDropped("{\"@class\":\"" + SessionJsonTest.Basket.class.getName() + "\",\"mugs\":1}");
    assertDropped("[\"java.util.ArrayList\",[[\"java.lang.ProcessBuilder\",{}]]]");
  }

  @Test
  void attributeOfAListedTypeThatDoesNotReadAsOneIsDroppedAndCountedAndTheSessionLives() {
    String security = "org.springframework.security.";
    for (String stored :
        List.of(
            "{\"@class\":\"java.util.HashMap\",\"a\":",
            "[\"java.time.Instant\",\"yesterday\"]",
            "{\"@class\":\"" + security + "authentication.UsernamePasswordAuthenticationToken\"}",
            "{\"@class\":\"" + security + "web.csrf.DefaultCsrfToken\"}",
            "{\"@class\":\"" + security + "oauth2.core.oidc.user.DefaultOidcUser\"}")) {
      assertDropped(stored);
    }
  }

  /** As an application's authentication provider throws one, its parts in the hands of anybody. */
  private static final class QuotaException extends LockedException {
    private static final long serialVersionUID = 1L;

    QuotaException(String message) {
      super(message);
    }

    @SuppressWarnings("unused") // Jackson would call it.
    public Object getQuota() {
      throw new IllegalStateException("not outside of a request");
    }
  }

  /** Sealed as it should be: what is inside is what this version cannot read. */
  private static void assertDropped(String stored) {
    SharedSession session = saved();
    SessionId id = SessionId.parse(session.getId()).orElseThrow();
    byte[] bytes = stored.getBytes(StandardCharsets.UTF_8);
    assertThat(store.save(id, 1, SessionWrite.of(Map.of("wish", bytes), Set.of())))
        .isInstanceOf(SaveOutcome.Saved.class);
    long before = sessions.droppedAttributes();
    SharedSession found = sessions.findById(session.getId());
    assertThat(found.<Object>getAttribute("wish")).as(stored).isNull();
    assertThat(found.<Object>getAttribute("wish")).as("found out once").isNull();
    assertThat(sessions.droppedAttributes()).isEqualTo(before + 1);
    assertThat(found.<Object>getAttribute("cart")).isEqualTo("mug");
    assertThat(found.getAttributeNames()).containsExactly("cart");
    found.setAttribute("cart", "2 mugs");
    sessions.save(found);
    StoredSession kept = store.load(id).orElseThrow();
    assertThat(kept.attribute("wish")).as("for the version that can read it").hasValue(bytes);
    found.setAttribute("wish", "a mug");
    sessions.save(found);
    SharedSession again = sessions.findById(session.getId());
    assertThat(again.<Object>getAttribute("cart")).isEqualTo("2 mugs");
    assertThat(again.<Object>getAttribute("wish")).isEqualTo("a mug");
  }

  private static long scripts() {
    return raw.info("commandstats")
        .lines()
        .filter(line -> line.startsWith("cmdstat_eval"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1")))
        .sum();
  }

  private static SharedSession saved() {
    SharedSession session = sessions.createSession();
    session.setAttribute("cart", "mug");
    sessions.save(session);
    return session;
  }
}
