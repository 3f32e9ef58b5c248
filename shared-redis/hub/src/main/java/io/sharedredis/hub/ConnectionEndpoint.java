package io.sharedredis.hub;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Makes a {@link ConnectionHandler} reachable by clients. One object serves all connections. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface ConnectionEndpoint {

  /** Paths below the application's context path, such as {@code /echo}; matched ignoring case. */
  String[] value();
}
