package io.sharedredis.farmhub;

import io.sharedredis.hub.server.HubConnections;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves {@link FarmHub}; options stand in {@link FarmHubOptions}. */
@SpringBootApplication
class FarmHubApp {

  public static void main(String[] arguments) {
    SpringApplication.run(FarmHubApp.class, FarmHubOptions.toProperties(arguments));
  }

  @Bean
  AppInfo appInfo(@Value("${farm-hub.app}") String name) {
    return new AppInfo(name);
  }

  /**
   * With the option a server that finds no Redis ends; without it, it joins Redis when it comes.
   */
  @Bean
  @ConditionalOnBooleanProperty("farm-hub.abort-on-connect-fail")
  InitializingBean redisAtStart(RedisConnectionFactory redis) {
    return () -> {
      try (RedisConnection connection = redis.getConnection()) {
        String unused = connection.ping();
      }
    };
  }

  /** Nothing is protected here, and whoever says a name has it: a server for tests. */
  @Bean
  SecurityFilterChain security(HttpSecurity http) {
    return http.authorizeHttpRequests(rules -> rules.anyRequest().permitAll())
        .addFilterBefore(new UserByName(), AnonymousAuthenticationFilter.class)
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  /** Says which server answers and how many connections it has. */
  @RestController
  static class Who {
    private final AppInfo app;
    private final HubConnections connections;

    Who(AppInfo app, HubConnections connections) {
      this.app = app;
      this.connections = connections;
    }

    record Answer(String app, int connections) {}

    @GetMapping(path = "/whoami", produces = MediaType.APPLICATION_JSON_VALUE)
    Answer whoAmI() {
      return new Answer(app.name(), connections.size());
    }
  }
}
