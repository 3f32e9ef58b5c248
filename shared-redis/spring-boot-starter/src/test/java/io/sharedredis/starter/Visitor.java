package io.sharedredis.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.sharedredis.spring.session.UserSessions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/** A browser of {@link SessionRacesIT.App} whose session cookie is given with each request. */
final class Visitor {

  /** For what a test needs before it begins. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String accept;

  /** A program, which takes whatever it gets. */
  Visitor() {
    this("*/*");
  }

  /**
   * @param accept what answers it would like
   */
  Visitor(String accept) {
    this.accept = accept;
  }

  HttpResponse<String> get(
      ConfigurableApplicationContext replica, String path, @Nullable String cookie)
      throws Exception {
    return http.send(request(replica, path, cookie).GET().build(), BodyHandlers.ofString());
  }

  /** Sends a form. */
  HttpResponse<String> post(
      ConfigurableApplicationContext replica, String path, @Nullable String cookie, String form)
      throws Exception {
    return http.send(
        request(replica, path, cookie)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form))
            .build(),
        BodyHandlers.ofString());
  }

  HttpResponse<String> delete(ConfigurableApplicationContext replica, String path)
      throws Exception {
    return http.send(request(replica, path, null).DELETE().build(), BodyHandlers.ofString());
  }

  /** Sends {@code /slow}, and returns when the request has read its session and waits. */
  CompletableFuture<HttpResponse<String>> slowly(
      ConfigurableApplicationContext replica, String name, String cookie) throws Exception {
    return untilItWaits(replica, "/slow?name=" + name, cookie);
  }

  /** Sends a request whose controller waits, and returns when it does. */
  CompletableFuture<HttpResponse<String>> untilItWaits(
      ConfigurableApplicationContext replica, String path, @Nullable String cookie)
      throws Exception {
    long begun = System.nanoTime();
    while (true) {
      var answer =
          http.sendAsync(request(replica, path, cookie).GET().build(), BodyHandlers.ofString());
      while (!answer.isDone()) {
        if (SessionRacesIT.App.arrived.tryAcquire(10, TimeUnit.MILLISECONDS)) {
          return answer;
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
      }
      // A busy machine may miss a deadline.
      assertThat(answer.get().statusCode()).isEqualTo(503);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
    }
  }

  /** The answer that is no refusal: a busy machine may miss a deadline. */
  HttpResponse<String> served(
      ConfigurableApplicationContext replica, String path, @Nullable String cookie) {
    return Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> get(replica, path, cookie), answer -> answer.statusCode() != 503);
  }

  /** The cookie of a session with a mug in it. */
  String begin(ConfigurableApplicationContext replica) {
    return cookie(served(replica, "/set?name=cart&value=mug", null));
  }

  HttpResponse<String> signInAnswer(ConfigurableApplicationContext replica, @Nullable String cookie)
      throws Exception {
    return http.send(signInRequest(replica, cookie), BodyHandlers.ofString());
  }

  /** Sends a sign-in and does not wait for the answer. */
  CompletableFuture<HttpResponse<String>> signingIn(ConfigurableApplicationContext replica) {
    return http.sendAsync(signInRequest(replica, null), BodyHandlers.ofString());
  }

  private HttpRequest signInRequest(
      ConfigurableApplicationContext replica, @Nullable String cookie) {
    return request(replica, "/login", cookie)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString("username=alice&password=Pass123$"))
        .build();
  }

  String signIn(ConfigurableApplicationContext replica, @Nullable String cookie) throws Exception {
    return cookie(signInAnswer(replica, cookie));
  }

  HttpResponse<String> signOut(ConfigurableApplicationContext replica, String cookie)
      throws Exception {
    return http.send(
        request(replica, "/logout", cookie).POST(BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(
      ConfigurableApplicationContext replica, String path, @Nullable String cookie) {
    String port = replica.getEnvironment().getRequiredProperty("local.server.port");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .header("Accept", accept)
            .timeout(Duration.ofSeconds(60));
    return cookie == null ? request : request.header("Cookie", "SESSION=" + cookie);
  }

  static String cookie(HttpResponse<String> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .filter(cookie -> cookie.startsWith("SESSION="))
        .reduce((early, late) -> late)
        .orElseThrow()
        .split("[=;]")[1];
  }

  /** The public id that a cookie carries. */
  static String id(String cookie) {
    return new String(Base64.getDecoder().decode(cookie), StandardCharsets.UTF_8);
  }

  static String cookieOf(String id) {
    return Base64.getEncoder().encodeToString(id.getBytes(StandardCharsets.UTF_8));
  }

  static String internal(String cookie) {
    return UserSessions.internalId(id(cookie));
  }

  /** What every key of an application's sessions begins with. */
  static String prefix(String application) {
    return "shared-redis:" + application + ":session:{0}:";
  }

  static String key(String application, String cookie) {
    return prefix(application) + "id:" + internal(cookie);
  }
}
