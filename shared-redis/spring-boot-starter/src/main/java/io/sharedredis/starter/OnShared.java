package io.sharedredis.starter;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Conditions of auto-configuration: whether a use of Redis is shared with other replicas. */
final class OnShared {

  private OnShared() {}

  /** The key ring lies in Redis. */
  static final class KeyRing implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return new RedisPlaces(context.getEnvironment()).keyRing() != null;
    }
  }

  /** A ring in Redis has a copy in a directory. */
  static final class MirrorDirectory implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return !context
          .getEnvironment()
          .getProperty("shared-redis.data-protection.mirror-directory", "")
          .isBlank();
    }
  }

  /** HTTP sessions lie in Redis. */
  static final class Sessions implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return new RedisPlaces(context.getEnvironment()).sessions() != null;
    }
  }

  /** The key ring is this replica's own. */
  static final class NoKeyRing implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return new RedisPlaces(context.getEnvironment()).keyRing() == null;
    }
  }

  /** HTTP sessions are this replica's own. */
  static final class NoSessions implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return new RedisPlaces(context.getEnvironment()).sessions() == null;
    }
  }
}
