package io.sharedredis.starter.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sharedredis.hub.HubOptions;
import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.spring.hub.EndpointOptions;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class HubPropertiesTest {
  private static final String CHAT = "endpoints.[/hub/chat].";

  private static HubProperties of(String... pairs) {
    Map<String, String> settings = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put("shared-redis.hub." + pairs[i], pairs[i + 1]);
    }
    return new Binder(new MapConfigurationPropertySource(settings))
        .bindOrCreate("shared-redis.hub", HubProperties.class);
  }

  @Test
  void defaultsAreThoseOfTheOptions() {
    assertThat(of().options("/hub/chat")).isEqualTo(HubOptions.defaults());
    assertThat(of().maxConnections()).isEqualTo(20_000);
    assertThat(of().sockets()).isEqualTo(SocketPath.AUTO);
    assertThat(of().observations()).isEqualTo(ObservationUse.AUTO);
    EndpointOptions endpoint = of().endpoint("/hub/chat", EndpointOptions.ALL_TRANSPORTS);
    assertThat(endpoint.pollTimeout()).isEqualTo(Duration.ofSeconds(50));
    assertThat(endpoint.transports()).isEqualTo(EndpointOptions.ALL_TRANSPORTS);
  }

  @Test
  void everyOptionOfAPathHasItsOwnValueAndTheOthersThatOfAll() {
    HubProperties properties =
        of(
            "handshake-timeout",
            "20s",
            CHAT + "handshake-timeout",
            "1s",
            CHAT + "keep-alive-interval",
            "2s",
            CHAT + "client-timeout",
            "5s",
            CHAT + "maximum-receive-message-size",
            "4KB",
            CHAT + "detailed-errors",
            "true",
            CHAT + "maximum-parallel-invocations",
            "6",
            CHAT + "stream-buffer-capacity",
            "7",
            CHAT + "receive-high-water",
            "8KB",
            CHAT + "send-high-water",
            "9KB",
            CHAT + "send-limit",
            "100KB",
            CHAT + "send-timeout",
            "11s",
            CHAT + "close-timeout",
            "12s",
            CHAT + "client-result-timeout",
            "13s",
            CHAT + "stateful-reconnect",
            "true",
            CHAT + "stateful-reconnect-buffer-size",
            "14KB",
            CHAT + "poll-timeout",
            "15s",
            CHAT + "transports",
            "LongPolling",
            CHAT + "minimum-negotiate-version",
            "1",
            CHAT + "sub-protocols",
            "a,b",
            CHAT + "close-on-authentication-expiration",
            "true",
            CHAT + "cors-origins",
            "https://other.example");
    HubOptions chat = properties.options("/hub/chat");
    assertThat(chat.handshakeTimeout()).isEqualTo(Duration.ofSeconds(1));
    assertThat(chat.keepAliveInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(chat.clientTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(chat.maximumReceiveMessageSize()).isEqualTo(4 * 1024);
    assertThat(chat.detailedErrors()).isTrue();
    assertThat(chat.maximumParallelInvocations()).isEqualTo(6);
    assertThat(chat.streamBufferCapacity()).isEqualTo(7);
    assertThat(chat.receiveHighWater()).isEqualTo(8 * 1024);
    assertThat(chat.sendHighWater()).isEqualTo(9 * 1024);
    assertThat(chat.sendLimit()).isEqualTo(100 * 1024);
    assertThat(chat.sendTimeout()).isEqualTo(Duration.ofSeconds(11));
    assertThat(chat.closeTimeout()).isEqualTo(Duration.ofSeconds(12));
    assertThat(chat.clientResultTimeout()).isEqualTo(Duration.ofSeconds(13));
    assertThat(chat.statefulReconnects().allowed()).isTrue();
    assertThat(chat.statefulReconnects().bufferSize()).isEqualTo(14 * 1024);
    EndpointOptions endpoint = properties.endpoint("/HUB/Chat", EndpointOptions.ALL_TRANSPORTS);
    assertThat(endpoint.pollTimeout()).isEqualTo(Duration.ofSeconds(15));
    assertThat(endpoint.transports()).containsExactly("LongPolling");
    assertThat(endpoint.minimumNegotiateVersion()).isEqualTo(1);
    assertThat(endpoint.subProtocols()).containsExactly("a", "b");
    assertThat(endpoint.closeOnAuthenticationExpiration()).isTrue();
    assertThat(endpoint.corsOrigins()).isEqualTo(Set.of("https://other.example"));

    HubOptions others = properties.options("/hub/other");
    assertThat(others.handshakeTimeout()).isEqualTo(Duration.ofSeconds(20));
    assertThat(others.clientTimeout()).isEqualTo(Duration.ofSeconds(30));
  }

  /** A setting that can be written and does nothing is worse than none. */
  @Test
  void noOptionOfAPathIsWithoutEffect() throws Exception {
    Map<Class<?>, String> samples =
        Map.of(
            Duration.class, "9s",
            org.springframework.util.unit.DataSize.class, "90KB",
            Boolean.class, "true",
            Integer.class, "1",
            List.class, "LongPolling",
            Set.class, "https://other.example");
    HubProperties plain = of();
    for (RecordComponent setting : HubEndpointProperties.class.getRecordComponents()) {
      String name =
          setting.getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
      String sample =
          name.equals("maximum-parallel-invocations") ? "3" : samples.get(setting.getType());
      HubProperties set = of(CHAT + name, sample);
      boolean changed =
          !set.options("/hub/chat").equals(plain.options("/hub/chat"))
              || !set.endpoint("/hub/chat", EndpointOptions.ALL_TRANSPORTS)
                  .equals(plain.endpoint("/hub/chat", EndpointOptions.ALL_TRANSPORTS));
      assertThat(changed).as(name).isTrue();
    }
    assertThat(Arrays.stream(HubEndpointProperties.class.getRecordComponents())).hasSize(21);
  }

  @Test
  void settingsOfAPathWithoutHubNameIt() {
    HubProperties properties = of(CHAT + "send-limit", "2MB");
    assertThatThrownBy(() -> properties.requireEndpoints(List.of("/hub/other")))
        .hasMessageContaining("shared-redis.hub.endpoints")
        .hasMessageContaining("'/hub/chat'")
        .hasMessageContaining("[/hub/other]");
    properties.requireEndpoints(List.of("/Hub/Chat"));
  }

  @Test
  void wrongValuesAreNamed() {
    HubProperties large = of(CHAT + "maximum-receive-message-size", "3GB");
    assertThatThrownBy(() -> large.options("/hub/chat"))
        .hasMessageContaining("maximum-receive-message-size is 3221225472B");
    HubProperties unknown = of("protocols", "json,xml");
    assertThatThrownBy(
            () -> unknown.spoken(List.of(new JsonHubProtocol(), new MessagePackHubProtocol())))
        .hasMessageContaining("shared-redis.hub.protocols names 'xml'");
    HubProperties noSlots = of(CHAT + "maximum-parallel-invocations", "0");
    assertThatThrownBy(() -> noSlots.options("/hub/chat")).hasMessageContaining("0");
    HubProperties fax = of(CHAT + "transports", "Fax");
    assertThatThrownBy(() -> fax.endpoint("/hub/chat", EndpointOptions.ALL_TRANSPORTS))
        .hasMessageContaining("Fax");
  }
}
