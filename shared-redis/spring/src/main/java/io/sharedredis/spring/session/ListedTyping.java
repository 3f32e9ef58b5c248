package io.sharedredis.spring.session;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Collection;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.jsontype.NamedType;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;
import tools.jackson.databind.jsontype.TypeIdResolver;
import tools.jackson.databind.jsontype.impl.DefaultTypeResolverBuilder;

/**
 * Writes type names that reading would accept, and fails at others: what cannot come back is an
 * error where it is put in, not a value that is missing later.
 */
final class ListedTyping extends DefaultTypeResolverBuilder {

  private static final long serialVersionUID = 1L;

  /** What every exception has written for what was suppressed; reading passes over it. */
  private static final String SUPPRESSED = Throwable[].class.getName();

  private final AllowedTypes allowed;

  ListedTyping(AllowedTypes allowed) {
    super(allowed, DefaultTyping.NON_FINAL, JsonTypeInfo.As.PROPERTY);
    this.allowed = allowed;
  }

  private ListedTyping(ListedTyping base, Class<?> defaultImpl) {
    super(base, defaultImpl);
    this.allowed = base.allowed;
  }

  @Override
  public ListedTyping withDefaultImpl(Class<?> defaultImpl) {
    return new ListedTyping(this, defaultImpl);
  }

  @Override
  protected TypeIdResolver idResolver(
      DatabindContext context,
      JavaType baseType,
      PolymorphicTypeValidator validator,
      Collection<NamedType> subtypes,
      boolean forWriting,
      boolean forReading) {
    TypeIdResolver names =
        super.idResolver(context, baseType, validator, subtypes, forWriting, forReading);
    return forWriting ? new Listed(names, allowed) : names;
  }

  /** The names themselves are Jackson's. */
  private record Listed(TypeIdResolver names, AllowedTypes allowed) implements TypeIdResolver {

    private String listed(String name) {
      int generics = name.indexOf('<');
      if (!allowed.allows(generics < 0 ? name : name.substring(0, generics))
          && !name.equals(SUPPRESSED)) {
        throw new UnlistedTypeException(name);
      }
      return name;
    }

    @Override
    public void init(JavaType baseType) {
      names.init(baseType);
    }

    @Override
    public String idFromValue(DatabindContext context, Object value) {
      return listed(names.idFromValue(context, value));
    }

    @Override
    public String idFromValueAndType(DatabindContext context, Object value, Class<?> type) {
      return listed(names.idFromValueAndType(context, value, type));
    }

    @Override
    public String idFromBaseType(DatabindContext context) {
      return listed(names.idFromBaseType(context));
    }

    @Override
    public JavaType typeFromId(DatabindContext context, String id) {
      return names.typeFromId(context, id);
    }

    @Override
    public String getDescForKnownTypeIds() {
      return names.getDescForKnownTypeIds();
    }

    @Override
    public JsonTypeInfo.Id getMechanism() {
      return names.getMechanism();
    }
  }

  /** A value of a type that would not be read again. */
  static final class UnlistedTypeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnlistedTypeException(String type) {
      super(
          type
              + " is not on the list of types that sessions keep: add it to"
              + " shared-redis.session.attribute-types or to a bean of type SessionTypes, or keep"
              + " simpler values");
    }
  }
}
