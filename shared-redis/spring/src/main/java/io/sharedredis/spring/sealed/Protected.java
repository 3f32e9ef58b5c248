package io.sharedredis.spring.sealed;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value stands sealed by the key ring outside the application. Beside {@code @PathVariable} or
 * {@code @RequestParam} it is opened for the controller, and sealed in links that {@code
 * MvcUriComponentsBuilder} makes; as a property of JSON it is sealed when written and opened when
 * read.
 *
 * <p>A text that was not sealed for this purpose, was changed, or has expired is answered with 400.
 * Supported are the types of {@link ProtectedValues#TYPES}; a controller's parameter that is of
 * another type, or marked where the mark would not be obeyed, stops the start.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({
  ElementType.PARAMETER,
  ElementType.FIELD,
  ElementType.METHOD,
  ElementType.RECORD_COMPONENT
})
public @interface Protected {

  /** What the value is used for: one sealed for another purpose is not accepted. */
  String value();

  /** How long a sealed value is accepted, such as {@code 15m} or {@code PT15M}; empty: for ever. */
  String lifetime() default "";
}
