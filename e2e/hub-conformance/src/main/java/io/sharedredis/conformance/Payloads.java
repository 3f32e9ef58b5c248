package io.sharedredis.conformance;

import io.sharedredis.hub.protocol.JsonHubProtocol;
import io.sharedredis.hub.protocol.MessagePackHubProtocol;
import io.sharedredis.hub.protocol.PayloadMappers;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.PropertyNamingStrategy;
import tools.jackson.databind.json.JsonMapper;

/** Payloads as the recorded server writes them; JSON names as {@code --json-names} says. */
@Configuration(proxyBeanMethods = false)
class Payloads {

  @Bean
  @Order(0)
  JsonHubProtocol json(@Value("${conformance.json-names}") String names) {
    PropertyNamingStrategy naming =
        names.equals("camel")
            ? PropertyNamingStrategies.LOWER_CAMEL_CASE
            : PropertyNamingStrategies.UPPER_CAMEL_CASE;
    JsonMapper mapper =
        PayloadMappers.dotNetJson()
            .rebuild()
            .propertyNamingStrategy(naming)
            .addModule(DateTime.json())
            .build();
    return new JsonHubProtocol(mapper);
  }

  @Bean
  @Order(1)
  MessagePackHubProtocol messagePack() {
    return new MessagePackHubProtocol(
        PayloadMappers.dotNetMessagePack().rebuild().addModule(DateTime.messagePack()).build());
  }
}
