package io.sharedredis.spring.session;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;

/**
 * The fixed list from which a type name in a stored session may choose. A name that is not on it is
 * refused before any class is looked up: whoever can write to Redis cannot make us load one.
 */
final class AllowedTypes extends PolymorphicTypeValidator {

  private static final long serialVersionUID = 1L;

  /** Values and collections of the JDK; the nested ones are what its factory methods return. */
  private static final Set<String> JDK =
      Set.of(
          "java.lang.Long",
          "java.lang.Float",
          "java.lang.Short",
          "java.lang.Byte",
          "java.math.BigDecimal",
          "java.math.BigInteger",
          "java.net.URI",
          "java.net.URL",
          "java.security.cert.X509Certificate",
          "java.time.Duration",
          "java.time.Instant",
          "java.time.LocalDate",
          "java.time.LocalDateTime",
          "java.util.Locale",
          "java.util.UUID",
          "java.util.Date",
          "java.util.TimeZone",
          "java.util.ArrayList",
          "java.util.Arrays$ArrayList",
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.LinkedHashMap",
          "java.util.LinkedHashSet",
          "java.util.LinkedList",
          "java.util.TreeMap",
          "java.util.TreeSet",
          "java.util.Collections$EmptyList",
          "java.util.Collections$EmptyMap",
          "java.util.Collections$EmptySet",
          "java.util.Collections$SingletonList",
          "java.util.Collections$SingletonMap",
          "java.util.Collections$SingletonSet",
          "java.util.Collections$UnmodifiableCollection",
          "java.util.Collections$UnmodifiableList",
          "java.util.Collections$UnmodifiableMap",
          "java.util.Collections$UnmodifiableRandomAccessList",
          "java.util.Collections$UnmodifiableSet",
          "java.util.ImmutableCollections$List12",
          "java.util.ImmutableCollections$ListN",
          "java.util.ImmutableCollections$Map1",
          "java.util.ImmutableCollections$MapN",
          "java.util.ImmutableCollections$Set12",
          "java.util.ImmutableCollections$SetN",
          "java.util.concurrent.ConcurrentHashMap",
          "java.util.concurrent.CopyOnWriteArrayList");

  /** Servlet API values that Spring Security's modules know, and Spring MVC's flash attributes. */
  private static final Set<String> SERVLET =
      Set.of("jakarta.servlet.http.Cookie", "org.springframework.web.servlet.FlashMap");

  private final Set<String> names;

  AllowedTypes(Collection<SessionTypes> more) {
    Set<String> all = new HashSet<>(JDK);
    all.addAll(SecurityTypes.NAMES);
    all.addAll(SERVLET);
    for (SessionTypes types : more) {
      types.types().forEach(type -> all.add(type.getName()));
    }
    this.names = Set.copyOf(all);
  }

  /** Those of Spring and of the Servlet API. */
  static Set<String> ofFrameworks() {
    Set<String> types = new HashSet<>(SecurityTypes.NAMES);
    types.addAll(SERVLET);
    return types;
  }

  boolean allows(String name) {
    return names.contains(name);
  }

  /** No base type makes every subtype acceptable: each name is looked at. */
  @Override
  public Validity validateBaseType(DatabindContext context, JavaType baseType) {
    return Validity.INDETERMINATE;
  }

  /** Decides for good, so that Jackson never has to load a class to find out more. */
  @Override
  public Validity validateSubClassName(
      DatabindContext context, JavaType baseType, String subClassName) {
    return names.contains(subClassName) ? Validity.ALLOWED : Validity.DENIED;
  }

  @Override
  public Validity validateSubType(DatabindContext context, JavaType baseType, JavaType subType) {
    return names.contains(subType.getRawClass().getName()) ? Validity.ALLOWED : Validity.DENIED;
  }
}
