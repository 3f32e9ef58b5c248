package io.sharedredis.spring.session;

import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.GrantedAuthority;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads an object field by field, as they come, with readers of its parts that were found once.
 * Thread-safe; what it has read of one object lies in {@code F}.
 */
abstract class FieldsReader<T, F> extends ValueDeserializer<T> {

  private @Nullable ValueDeserializer<Object> any;
  private @Nullable ValueDeserializer<Object> authorities;

  @Override
  public final boolean isCachable() {
    return true;
  }

  @Override
  public final void resolve(DeserializationContext context) {
    any = reader(context, Object.class);
    authorities =
        context.findRootValueDeserializer(
            context
                .getTypeFactory()
                .constructCollectionType(Collection.class, GrantedAuthority.class));
    findParts(context);
  }

  /** Finds the readers of parts that only some objects have. */
  void findParts(DeserializationContext context) {}

  /** The reader of parts of one type, to be kept. */
  static ValueDeserializer<Object> reader(DeserializationContext context, Class<?> type) {
    return context.findRootValueDeserializer(context.constructType(type));
  }

  @Override
  public final T deserialize(JsonParser parser, DeserializationContext context) {
    if (parser.hasToken(JsonToken.START_OBJECT)) {
      parser.nextToken();
    }
    F fields = begin();
    for (; parser.hasToken(JsonToken.PROPERTY_NAME); parser.nextToken()) {
      String name = parser.currentName();
      parser.nextToken();
      if (!field(fields, name, parser, context)) {
        parser.skipChildren();
      }
    }
    return end(fields, context);
  }

  /** What is known before the first field. */
  abstract F begin();

  /** Reads the value that the parser stands at; false, and not read, if nobody needs it. */
  abstract boolean field(F fields, String name, JsonParser parser, DeserializationContext context);

  /** The object of all fields. */
  abstract T end(F fields, DeserializationContext context);

  /** Any value that says itself what it is. */
  final @Nullable Object any(JsonParser parser, DeserializationContext context) {
    return parser.hasToken(JsonToken.VALUE_NULL)
        ? null
        : Objects.requireNonNull(any).deserialize(parser, context);
  }

  @SuppressWarnings("unchecked")
  final @Nullable Collection<GrantedAuthority> authorities(
      JsonParser parser, DeserializationContext context) {
    return parser.hasToken(JsonToken.VALUE_NULL)
        ? null
        : (Collection<GrantedAuthority>)
            Objects.requireNonNull(authorities).deserialize(parser, context);
  }
}
