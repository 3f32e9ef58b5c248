package io.sharedredis.identity.oidc;

import io.sharedredis.identity.startup.StartUp;
import java.time.InstantSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.client.JdbcRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.transaction.support.TransactionOperations;

/** Where clients and authorizations lie: PostgreSQL, so that all replicas see the same. */
@Configuration(proxyBeanMethods = false)
class ProtocolStores {

  @Bean
  RegisteredClientRepository registeredClients(JdbcOperations jdbc) {
    return new JdbcRegisteredClientRepository(jdbc);
  }

  @Bean
  OAuth2AuthorizationService authorizations(
      JdbcOperations jdbc,
      RegisteredClientRepository clients,
      TransactionOperations transactions,
      StartUp startUp,
      InstantSource time) {
    return new AuthorizationStore(jdbc, clients, transactions, startUp, time);
  }
}
