package io.sharedredis.hub;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The number of an enum constant where payloads are written as .NET writes them; without it the
 * constant's position counts.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface HubValue {
  /** As in the .NET enum. */
  int value();
}
