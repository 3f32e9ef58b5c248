package io.sharedredis.webspa.database;

import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Hands the migration over to {@link DatabaseStart}: a replica must start without its database. */
@Configuration(proxyBeanMethods = false)
class DatabaseConfiguration {

  @Bean
  FlywayMigrationStrategy migrateLater() {
    return flyway -> {};
  }
}
