package io.sharedredis.playground.farm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sharedredis.playground.gateway.NginxGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The built apps behind compose's nginx, under a public name that the apps cannot resolve. */
class NginxSignInIT {

  private static final String PUBLIC_HOST = "shop.invalid";

  @Test
  void visitorSignsInThroughNginxWhileAppsCannotReachThePublicUrl(
      @TempDir Path directory, @TempDir Path nginxDirectory) throws Exception {
    assertThatThrownBy(() -> InetAddress.getByName(PUBLIC_HOST))
        .isInstanceOf(UnknownHostException.class);
    int port = NginxGateway.freePort();
    String publicUrl = "http://" + PUBLIC_HOST + ":" + port;
    try (Launcher farm =
            Launcher.ofApps(
                    directory,
                    "--public-url",
                    publicUrl,
                    "--env",
                    "webspa:IDENTITY_INTERNAL_URL=http://localhost:" + port + "/identity")
                .awaitReady();
        NginxGateway nginx =
            NginxGateway.start(
                nginxDirectory, port, addresses(farm, "webspa"), addresses(farm, "identity"))) {
      Visitor alice = new Visitor(nginx.port());
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .until(() -> alice.open(URI.create(publicUrl + "/readiness")).statusCode() == 200);

      HttpResponse<String> form = alice.open(URI.create(publicUrl + "/login"));
      assertThat(form.uri().toString()).startsWith(publicUrl + "/identity/login");
      HttpResponse<String> shop =
          alice.submit(form, Map.of("username", "alice", "password", "Pass123$"));

      assertThat(shop.statusCode()).as(shop.body()).isEqualTo(200);
      for (int i = 0; i < 4; i++) {
        HttpResponse<String> me = alice.open(URI.create(publicUrl + "/api/v1/me"));
        assertThat(me.body()).contains("alice");
      }
      assertThat(alice.visited)
          .allSatisfy(uri -> assertThat(uri.toString()).startsWith(publicUrl + "/"));
      assertThat(alice.replicas)
          .containsExactly("identity-1", "identity-2", "webspa-1", "webspa-2");
    }
  }

  private static String addresses(Launcher farm, String app) throws IOException {
    StringBuilder addresses = new StringBuilder();
    for (JsonNode replica : farm.farmFile().get("replicas")) {
      if (replica.get("name").asString().startsWith(app)) {
        URI url = URI.create(replica.get("url").asString());
        addresses.append(url.getHost()).append(':').append(url.getPort()).append(' ');
      }
    }
    return addresses.toString();
  }
}
