package io.sharedredis.benchmarks.hubs;

import io.sharedredis.hub.ClientProxy;
import io.sharedredis.hub.Hub;
import io.sharedredis.hub.HubEndpoint;
import io.sharedredis.spring.hub.HubPaths;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** A hub whose methods may wait, as they may by default: they run on threads of their own. */
@SpringBootConfiguration
@EnableAutoConfiguration
class WaitingHubServer {

  public static void main(String[] arguments) {
    SpringApplication.run(WaitingHubServer.class, arguments);
  }

  @HubEndpoint("/hub")
  static class WaitingHub extends Hub<ClientProxy> {
    public String echo(String text) {
      return text;
    }
  }

  @Bean
  SecurityFilterChain security(HttpSecurity http, HubPaths hubs) {
    return http.authorizeHttpRequests(rules -> rules.requestMatchers(hubs).permitAll()).build();
  }
}
