package io.sharedredis.hub;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the client's method that a method of a client interface stands for; without it the Java
 * name counts. Some clients match the letter case exactly.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface ClientMethod {
  /** Name of the target in the message. */
  String value();
}
