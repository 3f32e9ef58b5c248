package io.sharedredis.starter;

import io.sharedredis.hub.server.HubConnections;
import io.sharedredis.lettuce.connection.RedisNetwork;
import io.sharedredis.spring.session.SessionConnections;
import io.sharedredis.spring.session.SessionWatch;
import io.sharedredis.spring.session.WatchedSessions;
import io.sharedredis.starter.hub.HubAutoConfiguration;
import java.util.Set;
import java.util.concurrent.Executors;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Hub connections end with the HTTP session they were opened under, on every replica. */
@AutoConfiguration(after = {SessionAutoConfiguration.class, HubAutoConfiguration.class})
@ConditionalOnBean({SessionStore.class, HubConnections.class})
public class SessionWatchAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  SessionConnections hubConnectionsOfSessions(HubConnections hubs) {
    return new SessionConnections() {
      @Override
      public Set<String> sessionIds() {
        return hubs.sessionIds();
      }

      @Override
      public void sessionEnded(String sessionId) {
        hubs.closeForSession(sessionId);
      }
    };
  }

  @Bean
  SessionWatch sessionWatch(
      RedisNetwork network,
      SessionStore store,
      WatchedSessions sessions,
      SessionConnections connections) {
    return new SessionWatch(
        network,
        store.link(),
        sessions,
        connections,
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "shared-redis-session-watch");
              thread.setDaemon(true);
              return thread;
            }));
  }
}
