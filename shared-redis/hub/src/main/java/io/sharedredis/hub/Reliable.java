package io.sharedredis.hub;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes what a {@link Hub} sends to all, to groups and to users reliable without asking for it at
 * each call: see {@link HubClients#reliable()}. What is sent to single connections stays as it is.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Reliable {

  /**
   * Only messages to these groups: names, case-sensitive; one that ends with {@code *} means all
   * that begin so. Empty for everything.
   */
  String[] groups() default {};
}
