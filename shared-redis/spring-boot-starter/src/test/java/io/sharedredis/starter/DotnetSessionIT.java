package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.aspnet.session.SessionCookie;
import io.sharedredis.dataprotection.aspnet.session.SessionData;
import io.sharedredis.spring.session.DotnetSession;
import io.sharedredis.spring.session.DotnetSessions;
import io.sharedredis.spring.session.SessionCookies;
import io.sharedredis.spring.session.UserSessions;
import io.sharedredis.testkit.RedisServer;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Java application and ASP.NET Core behind one host name: cookies and stored bytes of the .NET
 * side are recorded ones, in the layout of its cache.
 */
class DotnetSessionIT {

  private static final String NAME = ".AspNetCore.Session";
  private static final String INSTANCE = "eshop-sessions:";
  private static final JsonNode RECORD = json("session.json");

  private static RedisServer redis;
  private static RedisClient client;
  private static RedisCommands<String, String> raw;
  private static RedisCommands<byte[], byte[]> bytes;
  private static ConfigurableApplicationContext app;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    redis = RedisServer.startOwn();
    client = RedisClient.create(redis.uri());
    raw = client.connect().sync();
    bytes = client.connect(ByteArrayCodec.INSTANCE).sync();
    json("keyrings.json")
        .get("rings")
        .valueStream()
        .filter(ring -> ring.get("name").asString().equals(RECORD.get("ring").asString()))
        .flatMap(ring -> ring.get("redis_items").valueStream())
        .forEach(item -> raw.rpush("DataProtection-Keys", text(item)));
    app =
        new SpringApplicationBuilder(App.class)
            .run(
                "--server.port=0",
                "--spring.application.name=java",
                "--shared-redis.application-name=" + RECORD.get("application").asString(),
                "--spring.data.redis.url=" + redis.url(),
                "--shared-redis.redis.command-timeout=3s",
                "--shared-redis.session.store=shared",
                "--shared-redis.session.cookie-format=dotnet",
                "--shared-redis.session.dotnet.enabled=true",
                "--shared-redis.session.dotnet.instance-name=" + INSTANCE,
                "--shared-redis.session.dotnet.max-size=10KB",
                "--shared-redis.drain.notice=0s");
  }

  @AfterAll
  static void stop() {
    app.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    redis.close();
  }

  @Test
  void valuesOfRecordedSessionsAreReadUnderTheirCookies() throws Exception {
    for (JsonNode one : RECORD.get("sessions")) {
      String cookie = put(one);
      Map<String, String> expected = new TreeMap<>();
      one.get("read_back_with_cookie")
          .get("values")
          .properties()
          .forEach(value -> expected.put(value.getKey(), text(value.getValue())));
      HttpResponse<String> answer = get("/values", cookie);
      assertThat(answer.body()).as(one.get("case").asString()).isEqualTo(expected.toString());
      assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
      assertThat(raw.ttl(INSTANCE + key(cookie))).isGreaterThan(600);
    }
  }

  @Test
  void changesAreInTheBytesThatDotnetReadsBeforeTheAnswerComes() throws Exception {
    String cookie = put(session("string"));
    HttpResponse<String> answer = get("/net-set?name=cart&value=mug&count=-7", cookie);
    assertThat(answer.headers().allValues("Set-Cookie")).as("the cookie is good").isEmpty();
    SessionData stored = stored(key(cookie)).orElseThrow();
    assertThat(stored.id()).hasToString(session("string").get("session_id").asString());
    assertThat(stored.values().get("name")).asString().isEqualTo("alice");
    assertThat(stored.values().get("cart")).asString().isEqualTo("mug");
    assertThat(stored.values().get("count")).containsExactly(-1, -1, -1, -7);
    get("/net-remove?name=name", cookie);
    assertThat(stored(key(cookie)).orElseThrow().values()).containsOnlyKeys("cart", "count");
    get("/net-clear", cookie);
    assertThat(stored(key(cookie)).orElseThrow().values()).isEmpty();
  }

  @Test
  void sessionThatJavaBeginsHasACookieUnderWhichDotnetFindsIt() throws Exception {
    assertThat(get("/values", null).headers().allValues("Set-Cookie")).isEmpty();
    HttpResponse<String> answer = get("/net-set?name=cart&value=mug&count=1", null);
    String cookie = setCookie(answer).orElseThrow();
    assertThat(stored(key(cookie)).orElseThrow().values()).containsOnlyKeys("cart", "count");
    assertThat(get("/values", cookie).body()).contains("cart=");
    // Our own session is there under the same cookie.
    assertThat(get("/java", cookie).body()).isEqualTo("null");
  }

  @Test
  void sessionOfOursTakesTheIdThatDotnetGaveAndNobodySignsInUnderIt() throws Exception {
    String cookie = put(session("int"));
    HttpResponse<String> begun = get("/java?value=tea", cookie);
    assertThat(setCookie(begun)).as("as it was").isEmpty();
    assertThat(get("/java", cookie).body()).isEqualTo("tea");
    String signedIn = setCookie(signIn(cookie)).orElseThrow();
    assertThat(key(signedIn)).isNotEqualTo(key(cookie)).startsWith(key(cookie).substring(0, 18));
    assertThat(get("/java", signedIn).body()).isEqualTo("tea");
    assertThat(get("/me", signedIn).body()).isEqualTo("alice");
    assertThat(get("/values", signedIn).body()).contains("count=");
    assertThat(stored(key(cookie))).as("it has followed").isEmpty();
    assertThat(get("/me", cookie).statusCode()).isEqualTo(302);
    // Signed in without a session of ours before: whoever planted the cookie has nothing of it.
    String planted = put(session("long value"));
    String victim = setCookie(signIn(planted)).orElseThrow();
    assertThat(key(victim)).isNotEqualTo(key(planted));
    assertThat(get("/me", victim).body()).isEqualTo("alice");
    assertThat(get("/me", planted).statusCode()).isEqualTo(302);
    assertThat(get("/values", victim).body()).contains("long=");
  }

  @Test
  void nameOfAKeyInRedisTakesNoSessionOver() throws Exception {
    String cookie = setCookie(signIn(put(session("string")))).orElseThrow();
    assertThat(get("/me", cookie).body()).isEqualTo("alice");
    String id = key(cookie);
    assertThat(raw.exists(INSTANCE + id)).as("whoever reads Redis knows it").isEqualTo(1);
    SessionCookies cookies = app.getBean(SessionCookies.class);
    long refused = cookies.refused();
    String plain = Base64.getEncoder().encodeToString(id.getBytes(StandardCharsets.US_ASCII));
    for (String stolen : List.of("SESSION=" + plain, NAME + "=" + plain, NAME + "=" + id)) {
      assertThat(get("/me", stolen).statusCode()).as(stolen).isEqualTo(302);
      assertThat(get("/values", stolen).body()).as(stolen).isEqualTo("{}");
    }
    assertThat(cookies.refused()).isGreaterThanOrEqualTo(refused + 6);
    assertThat(get("/me", cookie).body()).isEqualTo("alice");
  }

  @Test
  void requestsThatBeginASessionUnderOneCookieOfDotnetShareIt() throws Exception {
    String cookie = put(session("empty key"));
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(
          http.sendAsync(
              request("/set?name=n" + i + "&value=v" + i, cookie).build(),
              BodyHandlers.ofString()));
    }
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThat(setCookie(answer.join())).as("all keep the id").isEmpty();
    }
    assertThat(get("/all", cookie).body()).isEqualTo("{n0=v0, n1=v1, n2=v2, n3=v3, n4=v4, n5=v5}");
  }

  @Test
  void signOutEndsTheDotnetSessionToo() throws Exception {
    String cookie = put(session("ints"));
    String signedIn = setCookie(signIn(cookie)).orElseThrow();
    assertThat(stored(key(signedIn))).isPresent();
    http.send(
        request("/logout", signedIn).POST(BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
    assertThat(stored(key(signedIn))).isEmpty();
    assertThat(get("/values", signedIn).body()).isEqualTo("{}");
  }

  @Test
  void endFromElsewhereEndsTheDotnetSessionToo() throws Exception {
    String signedIn = setCookie(signIn(put(session("int")))).orElseThrow();
    assertThat(stored(key(signedIn))).isPresent();
    assertThat(app.getBean(UserSessions.class).endAny(UserSessions.internalId(key(signedIn))))
        .isTrue();
    Awaitility.await().atMost(Duration.ofSeconds(40)).until(() -> stored(key(signedIn)).isEmpty());
  }

  /** Beside ours, which has one key less: the .NET session is another key, in another slot. */
  @Test
  void dotnetSessionCostsOneCommandMoreAtSignInAndAtSignOut() throws Exception {
    String with = setCookie(get("/net-set?name=cart&value=mug&count=1", null)).orElseThrow();
    String without = setCookie(get("/java?value=tea", null)).orElseThrow();
    signIn(null);
    // What other tests ended is told of: that costs commands too.
    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> raw.keys("*:session:{0}:ended*").isEmpty());
    try (Monitor monitor = new Monitor(redis.uri())) {
      for (String cookie : List.of(with, without)) {
        get("/java?value=tea", cookie);
        List<String> signedIn = new ArrayList<>();
        assertThat(monitor.during(() -> signedIn.add(setCookie(signIn(cookie)).orElseThrow())))
            .containsExactly("EVALSHA", "EVALSHA", "RENAME");
        assertThat(
                monitor.during(
                    () ->
                        http.send(
                            request("/logout", signedIn.get(0))
                                .POST(BodyPublishers.noBody())
                                .build(),
                            BodyHandlers.ofString())))
            .containsExactly("EVALSHA", "EVALSHA", "UNLINK");
      }
    }
  }

  @Test
  void sessionIsReadAndWrittenByKeyAndTheLastWriterStays() {
    DotnetSessions sessions = app.getBean(DotnetSessions.class);
    String key = UUID.randomUUID().toString();
    DotnetSession one = sessions.open(key);
    DotnetSession two = sessions.open(key);
    one.setString("name", "alice");
    one.setInt32("count", 5);
    two.setString("name", "bob");
    sessions.save(key, one);
    assertThat(sessions.open(key).getInt32("count")).contains(5);
    assertThat(sessions.open(key).id()).isEqualTo(one.id());
    sessions.save(key, two);
    assertThat(sessions.open(key).names()).containsExactly("name");
    assertThat(sessions.open(key).getString("name")).contains("bob");
    assertThat(sessions.open(key).getInt32("name")).as("too short").isEmpty();
    assertThat(sessions.open(key).get("none")).isEmpty();
    raw.hset(INSTANCE + key, "data", "of another version");
    assertThat(sessions.open(key).names()).isEmpty();
    sessions.remove(key);
    assertThat(stored(key)).isEmpty();
    assertThatThrownBy(sessions::current).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void valueThatIsTooLargeIsAnErrorAndNothingIsWritten() throws Exception {
    String cookie = put(session("string"));
    assertThat(get("/net-large", cookie).statusCode()).isEqualTo(500);
    assertThat(stored(key(cookie)).orElseThrow().values()).containsOnlyKeys("name");
  }

  @Test
  void redisThatIsAwayIsA503InTimeAndNoCookieIsTouched() throws Exception {
    String cookie = put(session("string"));
    redis.pause();
    try {
      HttpResponse<String> answer = get("/values", cookie);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
      assertThat(get("/open", cookie).statusCode()).as("not used").isEqualTo(200);
    } finally {
      redis.resume();
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get("/values", cookie).body().contains("name="));
  }

  /** As .NET has stored it, and the cookie it has sent. */
  private static String put(JsonNode one) {
    JsonNode operations = one.get("cache_operations");
    JsonNode set = operations.get(operations.size() - 1);
    String key = INSTANCE + set.get("key").asString();
    raw.del(key);
    raw.hset(key, Map.of("absexp", "-1", "sldexp", "12000000000"));
    bytes.hset(
        key.getBytes(StandardCharsets.UTF_8),
        "data".getBytes(StandardCharsets.UTF_8),
        Base64.getDecoder().decode(text(set.get("value_base64"))));
    raw.expire(key, 60);
    return text(one.get("set_cookie").get(0)).split(";")[0];
  }

  private static JsonNode session(String name) {
    return RECORD
        .get("sessions")
        .valueStream()
        .filter(one -> one.get("case").asString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Optional<SessionData> stored(String key) {
    return Optional.ofNullable(
            bytes.hget(
                (INSTANCE + key).getBytes(StandardCharsets.UTF_8),
                "data".getBytes(StandardCharsets.UTF_8)))
        .map(SessionData::read);
  }

  private static String key(String cookie) {
    return new SessionCookie(app.getBean(DataProtectionProvider.class))
        .unprotect(URLDecoder.decode(cookie.split("=")[1], StandardCharsets.UTF_8))
        .orElseThrow();
  }

  private static Optional<String> setCookie(HttpResponse<String> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith(NAME + "="))
        .map(cookie -> cookie.split(";")[0])
        .reduce((early, late) -> late);
  }

  private HttpResponse<String> signIn(String cookie) throws Exception {
    return http.send(
        request("/login", cookie)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                BodyPublishers.ofString(
                    "username=alice&password="
                        + URLEncoder.encode("Pass123$", StandardCharsets.UTF_8)))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path, String cookie) throws Exception {
    return http.send(request(path, cookie).build(), BodyHandlers.ofString());
  }

  private static HttpRequest.Builder request(String path, String cookie) {
    String port = app.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .timeout(Duration.ofSeconds(20));
    return cookie == null ? request : request.header("Cookie", cookie);
  }

  private static JsonNode json(String file) {
    String given = System.getProperty("interop.dir");
    if (given == null) {
      return new JsonMapper()
          .readTree(DotnetSessionIT.class.getResourceAsStream("/interop/data-protection/" + file));
    }
    Path direct = Path.of(given);
    boolean holdsIt = Files.exists(direct.resolve("keyrings.json"));
    return new JsonMapper()
        .readTree((holdsIt ? direct : direct.resolve("data-protection")).resolve(file));
  }

  private static String text(JsonNode node) {
    return node.isArray()
        ? node.valueStream().map(JsonNode::asString).collect(Collectors.joining())
        : node.asString();
  }

  @Configuration(proxyBeanMethods = false)
  @Import(SessionRacesIT.App.class)
  @RestController
  static class App {

    private final DotnetSessions sessions;

    App(DotnetSessions sessions) {
      this.sessions = sessions;
    }

    @GetMapping("/values")
    String values() {
      DotnetSession session = sessions.current();
      Map<String, String> values = new TreeMap<>();
      session
          .names()
          .forEach(
              name ->
                  values.put(
                      name, Base64.getEncoder().encodeToString(session.get(name).orElseThrow())));
      return values.toString();
    }

    @GetMapping("/net-set")
    String set(String name, String value, int count) {
      sessions.current().setString(name, value);
      sessions.current().setInt32("count", count);
      return sessions.current().getString(name).orElseThrow();
    }

    @GetMapping("/net-remove")
    String remove(String name) {
      sessions.current().remove(name);
      return "removed";
    }

    @GetMapping("/net-clear")
    String clear() {
      sessions.current().clear();
      return "cleared";
    }

    @GetMapping("/net-large")
    String large() {
      sessions.current().setString("large", "x".repeat(11_000));
      return "large";
    }

    @GetMapping("/java")
    String java(HttpServletRequest request, String value) {
      if (value != null) {
        request.getSession().setAttribute("java", value);
      }
      return String.valueOf(request.getSession().getAttribute("java"));
    }
  }
}
