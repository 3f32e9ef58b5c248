package io.sharedredis.identity.startup;

/**
 * Something that must have happened once before this replica answers requests. Steps run in bean
 * order, are repeated until they succeed, and may run on several replicas at once.
 */
public interface StartUpStep {

  /** Names the step in log lines and errors, for instance "database schema". */
  String description();

  /** Does the work; an exception means: not yet, try again later. */
  void run();
}
