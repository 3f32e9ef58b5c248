package io.sharedredis.spring.session;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Types of objects that an application keeps in HTTP sessions, beyond those of Spring Security and
 * the JDK that are known anyway; a bean of this type adds them to the list.
 *
 * @param types concrete classes that Jackson can write and read
 */
public record SessionTypes(Set<Class<?>> types) {

  /** Copies the set. */
  public SessionTypes {
    types = Set.copyOf(types);
  }

  /** These classes. */
  public static SessionTypes of(Class<?>... types) {
    return new SessionTypes(new LinkedHashSet<>(List.of(types)));
  }
}
