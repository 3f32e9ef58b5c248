package io.sharedredis.starter.keyring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.jayway.jsonpath.JsonPath;
import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import io.sharedredis.testkit.RedisServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** An operator before two replicas on one Redis. */
@ExtendWith(OutputCaptureExtension.class)
class KeyRingEndpointIT {

  private static final String WRITABLE = "--management.endpoint.keyring.access=unrestricted";

  private final RedisServer redis = RedisServer.startOwn();
  private final HttpClient http = HttpClient.newHttpClient();
  private final List<ConfigurableApplicationContext> replicas = new ArrayList<>();

  private ConfigurableApplicationContext one;
  private ConfigurableApplicationContext two;

  @BeforeEach
  void start() {
    one = replica("one", WRITABLE);
    two = replica("two", "--management.endpoints.access.default=read-only");
  }

  @AfterEach
  void stop() {
    replicas.forEach(ConfigurableApplicationContext::close);
    redis.close();
  }

  @Test
  void keysAreListedWithTheirStateAndWithoutTheirSecrets() throws Exception {
    HttpResponse<String> answer = call(two, "GET", "", null);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(this.<String>read(answer, "$.replica")).isEqualTo("two");
    String id = read(answer, "$.defaultKey");
    assertThat(this.<String>read(answer, "$.keys[0].id")).isEqualTo(id);
    assertThat(this.<String>read(answer, "$.keys[0].state")).isEqualTo("ACTIVE");
    assertThat(this.<Boolean>read(answer, "$.keys[0].isDefault")).isTrue();
    assertThat(Instant.parse(read(answer, "$.keys[0].expiration"))).isAfter(Instant.now());
    assertThat(answer.body()).doesNotContain(secret());

    HttpResponse<String> single = call(two, "GET", "/" + id, null);
    assertThat(this.<String>read(single, "$.id")).isEqualTo(id);
    assertThat(call(two, "GET", "/00000000-0000-0000-0000-000000000001", null).statusCode())
        .isEqualTo(404);
    assertThat(call(two, "GET", "/x", null).statusCode()).isEqualTo(400);
  }

  @Test
  void changesAreOffUnlessEnabled() throws Exception {
    ConfigurableApplicationContext standard = replica("standard");
    String id = read(call(one, "GET", "", null), "$.defaultKey");
    for (ConfigurableApplicationContext replica : List.of(two, standard)) {
      assertThat(call(replica, "POST", "", "{}").statusCode()).isEqualTo(405);
      assertThat(call(replica, "DELETE", "/" + id, null).statusCode()).isEqualTo(405);
      assertThat(call(replica, "DELETE", "?createdBefore=2026-01-01T00:00:00Z", null).statusCode())
          .isEqualTo(405);
    }
    assertThat(this.<List<?>>read(call(one, "GET", "", null), "$.keys")).hasSize(1);
  }

  @Test
  void endpointIsNotThereUnlessExposedOrWithoutAccess() throws Exception {
    for (String setting :
        List.of(
            "--management.endpoints.web.exposure.include=health",
            "--management.endpoint.keyring.access=none")) {
      ConfigurableApplicationContext hidden = replica("hidden", setting);
      assertThat(hidden.getBeansOfType(KeyRingEndpoint.class)).isEmpty();
      assertThat(call(hidden, "GET", "", null).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void keyCreatedOnOneReplicaIsKnownOnTheOther(CapturedOutput output) throws Exception {
    HttpResponse<String> made = call(one, "POST", "", "{}");
    assertThat(made.statusCode()).isEqualTo(200);
    String id = read(made, "$.id");
    assertThat(this.<String>read(made, "$.state")).isEqualTo("CREATED");
    assertThat(Instant.parse(read(made, "$.activation")))
        .isBetween(Instant.now().plus(Duration.ofHours(47)), Instant.now().plusSeconds(172_900));
    awaitKey(two, id);

    HttpResponse<String> now = call(one, "POST", "", "{\"activateNow\":true,\"lifetime\":\"30d\"}");
    assertThat(this.<String>read(now, "$.state")).isEqualTo("ACTIVE");
    assertThat(Instant.parse(read(now, "$.expiration")))
        .isBetween(
            Instant.now().plus(Duration.ofDays(29)), Instant.now().plus(Duration.ofDays(30)));
    assertThat(output).contains("Key " + id + " was created over the actuator by operator");

    for (String body :
        List.of(
            "{\"lifetime\":\"1m\"}",
            "{\"lifetime\":\"4000d\"}",
            "{\"lifetime\":\"soon\"}",
            "{\"activateNow\":\"perhaps\"}")) {
      assertThat(call(one, "POST", "", body).statusCode()).as(body).isEqualTo(400);
    }
  }

  @Test
  void revokedKeyIsRefusedOnBothReplicas(CapturedOutput output) throws Exception {
    String sealed = protector(one).protect("secret");
    String id = read(call(one, "GET", "", null), "$.defaultKey");
    HttpResponse<String> revoked = call(one, "DELETE", "/" + id + "?reason=lost%20laptop", null);
    assertThat(revoked.statusCode()).isEqualTo(200);
    assertThat(this.<String>read(revoked, "$.state")).isEqualTo("REVOKED");
    awaitRefusal(two, sealed);
    awaitRefusal(one, sealed);
    assertThat(output)
        .contains("Key " + id + " was revoked over the actuator by operator")
        .contains("one changes the default key from " + id + " to ")
        .contains("two changes the default key from " + id + " to ");
    assertThat(stored()).anyMatch(xml -> xml.contains("<reason>lost laptop</reason>"));
    assertThat(protector(two).unprotect(protector(one).protect("again"))).isEqualTo("again");

    assertThat(call(one, "DELETE", "/00000000-0000-0000-0000-000000000001", null).statusCode())
        .isEqualTo(404);
    assertThat(call(one, "DELETE", "/" + id + "?reason=" + "x".repeat(501), null).statusCode())
        .isEqualTo(400);
  }

  @Test
  void revokingAllBeforeAnInstantEndsWhatTheyProtected() throws Exception {
    String sealed = protector(two).protect("secret");
    await().until(() -> Instant.now().isAfter(loadedKeyCreation().plusMillis(5)));
    String now = Instant.now().toString();
    HttpResponse<String> answer = call(one, "DELETE", "?createdBefore=" + now, null);
    assertThat(answer.statusCode()).isEqualTo(200);
    awaitRefusal(one, sealed);
    awaitRefusal(two, sealed);

    String ahead = Instant.now().plusSeconds(3600).toString();
    assertThat(call(one, "DELETE", "?createdBefore=" + ahead, null).statusCode()).isEqualTo(400);
    assertThat(call(one, "DELETE", "", null).statusCode()).isEqualTo(400);
    assertThat(call(one, "DELETE", "?createdBefore=yesterday", null).statusCode()).isEqualTo(400);
  }

  @Test
  void storeThatIsAwayIsSaidAndReadingGoesOn() throws Exception {
    String id = read(call(one, "GET", "", null), "$.defaultKey");
    redis.kill();
    assertThat(call(one, "GET", "", null).statusCode()).isEqualTo(200);
    assertThat(call(one, "POST", "", "{}").statusCode()).isEqualTo(503);
    assertThat(call(one, "DELETE", "/" + id, null).statusCode()).isEqualTo(503);
  }

  private Instant loadedKeyCreation() throws Exception {
    return Instant.parse(read(call(one, "GET", "", null), "$.keys[0].creation"));
  }

  private void awaitKey(ConfigurableApplicationContext replica, String id) {
    await()
        .atMost(Duration.ofSeconds(5))
        .untilAsserted(
            () -> assertThat(call(replica, "GET", "/" + id, null).statusCode()).isEqualTo(200));
  }

  private static void awaitRefusal(ConfigurableApplicationContext replica, String sealed) {
    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () -> {
              try {
                protector(replica).unprotect(sealed);
                return false;
              } catch (DataProtectionException e) {
                return true;
              }
            });
  }

  private static DataProtector protector(ConfigurableApplicationContext replica) {
    return replica.getBean(DataProtectionProvider.class).protector("test");
  }

  private List<String> stored() {
    List<String> items =
        one.getBean(StringRedisTemplate.class).opsForList().range("DataProtection-Keys", 0, -1);
    return items == null ? List.of() : items;
  }

  /** The master key as it lies in Redis. */
  private String secret() {
    String xml = stored().get(0);
    return xml.substring(xml.indexOf("<value>") + 7, xml.indexOf("</value>"));
  }

  private <T> T read(HttpResponse<String> answer, String path) {
    return JsonPath.read(answer.body(), path);
  }

  private HttpResponse<String> call(
      ConfigurableApplicationContext replica, String method, String path, String body)
      throws Exception {
    String port = replica.getEnvironment().getRequiredProperty("local.server.port");
    String basic =
        Base64.getEncoder().encodeToString("operator:pw".getBytes(StandardCharsets.UTF_8));
    return http.send(
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/actuator/keyring" + path))
            .header("Authorization", "Basic " + basic)
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private ConfigurableApplicationContext replica(String name, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--spring.application.name=keyring-endpoint",
                "--REPLICA_NAME=" + name,
                "--spring.data.redis.url=" + redis.url(),
                "--shared-redis.drain.notice=0s"));
    arguments.addAll(List.of(more));
    if (arguments.stream().noneMatch(argument -> argument.contains("exposure"))) {
      arguments.add("--management.endpoints.web.exposure.include=keyring");
    }
    ConfigurableApplicationContext replica =
        new SpringApplicationBuilder(App.class).run(arguments.toArray(String[]::new));
    replicas.add(replica);
    return replica;
  }

  @SpringBootConfiguration
  @EnableAutoConfiguration
  static class App {

    @Bean
    SecurityFilterChain security(HttpSecurity http) {
      return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
          .httpBasic(Customizer.withDefaults())
          .csrf(csrf -> csrf.disable())
          .build();
    }

    @Bean
    UserDetailsService users() {
      return new InMemoryUserDetailsManager(
          User.withUsername("operator").password("{noop}pw").roles("OPERATOR").build());
    }
  }
}
