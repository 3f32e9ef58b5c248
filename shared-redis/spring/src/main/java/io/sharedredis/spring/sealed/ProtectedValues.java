package io.sharedredis.spring.sealed;

import io.sharedredis.dataprotection.DataProtectionException;
import io.sharedredis.dataprotection.DataProtectionProvider;
import io.sharedredis.dataprotection.DataProtector;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.util.ClassUtils;

/**
 * Seals single values for a purpose into text that is fit for addresses, and opens them again on
 * any replica. The same value gives another text each time. Thread-safe.
 *
 * <p>Also what an attribute converter of a database mapping calls, to keep a column sealed.
 */
public final class ProtectedValues {

  private static final String PURPOSE = "io.sharedredis.spring.ProtectedValue";

  private static final Map<Class<?>, Function<String, Object>> PARSERS =
      Map.ofEntries(
          Map.entry(String.class, text -> text),
          Map.entry(Integer.class, Integer::valueOf),
          Map.entry(Long.class, Long::valueOf),
          Map.entry(Short.class, Short::valueOf),
          Map.entry(Boolean.class, Boolean::valueOf),
          Map.entry(BigInteger.class, BigInteger::new),
          Map.entry(BigDecimal.class, BigDecimal::new),
          Map.entry(UUID.class, UUID::fromString),
          Map.entry(Instant.class, Instant::parse),
          Map.entry(LocalDate.class, LocalDate::parse));

  /** What can be sealed; primitive types as their wrappers. */
  public static final Set<Class<?>> TYPES = PARSERS.keySet();

  private final DataProtector protector;

  /**
   * @param provider of the application's key ring
   */
  public ProtectedValues(DataProtectionProvider provider) {
    this.protector = provider.protector(PURPOSE, "v1");
  }

  /** Whether values of a type can be sealed. */
  public static boolean supports(Class<?> type) {
    return PARSERS.containsKey(ClassUtils.resolvePrimitiveIfNecessary(type));
  }

  /**
   * Seals a value for ever.
   *
   * @throws IllegalArgumentException if its type is not among {@link #TYPES}
   */
  public String seal(String purpose, Object value) {
    return protector.protector(purpose).protect(text(value));
  }

  /**
   * Seals a value for a time; only {@link #openExpiring} opens it.
   *
   * @throws IllegalArgumentException if its type is not among {@link #TYPES}
   */
  public String seal(String purpose, Object value, Duration lifetime) {
    return protector.protector(purpose).timeLimited().protect(text(value), lifetime);
  }

  /**
   * Opens what was sealed for ever.
   *
   * @throws DataProtectionException if the text is not accepted, whatever the reason
   */
  public <T> T open(String purpose, String sealed, Class<T> type) {
    return parse(protector.protector(purpose).unprotect(sealed), type);
  }

  /**
   * Opens what was sealed for a time.
   *
   * @throws DataProtectionException if the text is not accepted or has expired
   */
  public <T> T openExpiring(String purpose, String sealed, Class<T> type) {
    return parse(protector.protector(purpose).timeLimited().unprotect(sealed), type);
  }

  private static String text(Object value) {
    if (!supports(value.getClass())) {
      throw new IllegalArgumentException(
          "values of " + value.getClass().getName() + " cannot be sealed; seal a text of them");
    }
    return value.toString();
  }

  @SuppressWarnings("unchecked")
  private static <T> T parse(String text, Class<T> type) {
    Function<String, Object> parser = PARSERS.get(ClassUtils.resolvePrimitiveIfNecessary(type));
    if (parser == null) {
      throw new IllegalArgumentException("values of " + type.getName() + " cannot be sealed");
    }
    try {
      return (T) parser.apply(text);
    } catch (RuntimeException e) {
      throw new DataProtectionException("the sealed value is no " + type.getSimpleName());
    }
  }
}
