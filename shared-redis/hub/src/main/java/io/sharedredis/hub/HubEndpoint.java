package io.sharedredis.hub;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a {@link Hub} reachable by clients. A fresh hub object serves each call; constructor
 * arguments are injected.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface HubEndpoint {

  /**
   * Path below the application's context path, such as {@code /hub/notificationhub}; matched
   * ignoring case. With several the hub is one, and may have other options at each.
   */
  String[] value();

  /**
   * Name of the hub in the farm: replicas and other languages' servers that use the same name share
   * its messages. Empty for the name of the class.
   */
  String fullName() default "";
}
