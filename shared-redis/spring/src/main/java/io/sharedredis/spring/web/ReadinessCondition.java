package io.sharedredis.spring.web;

/**
 * Something a replica must have reached once before it is fit for traffic; a bean of this type
 * keeps {@code /readiness} off until it is met.
 *
 * <p>Only what is this replica's own belongs here (key ring loaded, database migrated). A
 * dependency that all replicas share and that goes away later must not turn the condition off
 * again: the gateway would take every replica out and the whole site would be gone.
 */
public interface ReadinessCondition {

  /** Short name for the answer of the probe. */
  String name();

  /** Whether it is met; answers at once, from memory. */
  boolean met();
}
