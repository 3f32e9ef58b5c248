package io.sharedredis.webspa.database;

/**
 * Work on the database that must be done before this replica is ready, each time it starts.
 * Repeatable: it is tried again until it succeeds.
 */
public interface AfterMigration {

  void run();
}
