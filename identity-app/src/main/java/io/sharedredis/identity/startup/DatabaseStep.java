package io.sharedredis.identity.startup;

import org.flywaydb.core.Flyway;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/**
 * Brings the schema up to date. Flyway's own lock lets one replica migrate while the others wait.
 */
@Configuration(proxyBeanMethods = false)
class DatabaseStep {

  /**
   * Boot would migrate, and fail, while the context starts; {@link StartUp} does it with patience
   * instead.
   */
  @Bean
  org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy migrateInStartUp() {
    return flyway -> {};
  }

  @Bean
  @Order(10)
  StartUpStep databaseSchema(Flyway flyway) {
    return new StartUpStep() {
      @Override
      public String description() {
        return "database schema";
      }

      @Override
      public void run() {
        flyway.migrate();
      }
    };
  }
}
